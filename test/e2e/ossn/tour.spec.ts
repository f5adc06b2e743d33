import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { makeFolder, type Running, start } from '../../support/cli.js';
import { fenced, read, section } from '../readme/markdown.js';
import { hasShellTools, type LineOutput, paste } from '../readme/shell.js';

const page = read('docs/dialects/ossn.md');
const written = fenced(section(page, 'A tour'), 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** Addresses in answers name the port, so it has to be known before the start. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

(hasShellTools() ? describe : describe.skip)('the tour of OSSN, taken at its word', () => {
  const folder = makeFolder();
  let server: Running;
  let lines: LineOutput[];
  const after = (text: string): string => lines.find(({ line }) => line.includes(text))!.output;

  beforeAll(async () => {
    const port = await freePort();
    server = start(['serve'], { cwd: folder.path, env: { PORT: String(port), METRICS_ADDRESS: 'off' } });
    await server.said('(API description:');
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, TOUR_URL: `http://localhost:${port}` };
    expect(written.filter((line) => line.startsWith('POLYPOST='))).toEqual(['POLYPOST=http://localhost:3000']);
    lines = await paste(written.map((line) => line.replace(/^POLYPOST=.*/, 'POLYPOST=$TOUR_URL')), { cwd: folder.path, env });
  }, 60_000);

  afterAll(async () => {
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    folder.remove();
  }, 30_000);

  it('has no line that fails', () => {
    expect(lines.length).toBeGreaterThan(10);
    for (const { line, code, output } of lines) expect({ line, code, output }).toEqual({ line, code: 0, output });
  });

  it('makes two users, sends with a file, lists and downloads', () => {
    expect(after('echo "Ines is')).toBe('Ines is 1, Olu is 2');
    const sent = JSON.parse(after('echo "$SENT"'));
    expect(sent).toMatchObject({ code: '100', payload: { message: 'Ship it', attachment_name: 'offer.pdf', message_from: { username: 'inesroth' } } });
    const listed = JSON.parse(after('echo "$LIST"'));
    expect(listed.payload).toMatchObject({ count: 1, list: [{ id: sent.payload.id, message: 'Ship it', message_from: 1 }] });
    expect(lines.find(({ line }) => line.startsWith('curl -sS "$(echo'))!.output).toBe('%PDF-1.4\n%%EOF');
    expect(JSON.parse(lines.at(-1)!.output)).toMatchObject({ status: 404 });
  });
});

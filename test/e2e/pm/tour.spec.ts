import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { symlinkSync } from 'node:fs';
import { bin, makeFolder, type Running, start } from '../../support/cli.js';
import { fenced, read, section } from '../readme/markdown.js';
import { hasShellTools, type LineOutput, paste } from '../readme/shell.js';

const page = read('docs/dialects/pm.md');
const written = fenced(section(page, 'A tour'), 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** Addresses in answers name the port, so it has to be known before the start. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

(hasShellTools() ? describe : describe.skip)('the tour of PM, taken at its word', () => {
  const folder = makeFolder();
  let server: Running;
  let lines: LineOutput[];
  const outputs = (text: string): string[] => lines.filter(({ line }) => line.includes(text)).map(({ output }) => output);

  beforeAll(async () => {
    const port = await freePort();
    symlinkSync(bin, join(folder.path, 'polypost'));
    server = start(['serve'], { cwd: folder.path, env: { PORT: String(port), METRICS_ADDRESS: 'off' } });
    await server.said('(API description:');
    const env = { PATH: `${folder.path}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: folder.path, TOUR_URL: `http://localhost:${port}`, PORT: String(port) };
    expect(written.filter((line) => line.startsWith('POLYPOST='))).toEqual(['POLYPOST=http://localhost:3000']);
    lines = await paste(written.map((line) => line.replace(/^POLYPOST=.*/, 'POLYPOST=$TOUR_URL')), { cwd: folder.path, env });
  }, 120_000);

  afterAll(async () => {
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    folder.remove();
  }, 30_000);

  it('has no line that fails', () => {
    expect(lines.length).toBeGreaterThan(20);
    for (const { line, code, output } of lines) expect({ line, code, output }).toEqual({ line, code: 0, output });
  });

  it('PM-44 refuses until the recipient follows, then sends', () => {
    expect(outputs('echo "Ines is')).toEqual(['Ines is 1, Olu is 2']);
    const [refused, sent] = lines.filter(({ line }) => line === 'lunch').map(({ output }) => JSON.parse(output));
    expect(refused).toEqual({ errors: [{ message: 'You may not write to this user.', code: 'permission_denied' }] });
    expect(sent).toMatchObject({ sender_id: 1, message: 'Lunch?', status: 'created', file: null, group: null });
    expect(outputs('/follow/')).toEqual(['204']);
  });

  it('PM-90 PM-93 shows the thread as new, and reading makes it seen', () => {
    expect(outputs('unseen/count/')).toEqual(['{"count":1}', '{"count":0}']);
    expect(JSON.parse(outputs('/api/v2/pm/ -H "Authorization: Bearer $OLU"')[0] ?? '')).toMatchObject({ count: 1, results: [{ headline: 'Lunch?', thread_status: 'new' }] });
    expect(JSON.parse(outputs('?user=$INES_ID')[0] ?? '')).toMatchObject({ count: 1, results: [{ message: 'Lunch?' }] });
  });

  it('PM-61 PM-62 sends a file, fetches it, and takes it back', () => {
    expect(JSON.parse(outputs('echo "$SENT"')[0] ?? '')).toMatchObject([{ message: '', file: { filename: 'menu.txt', filesize: 17 } }]);
    const [fetched, gone] = outputs('"url":');
    expect([fetched, outputs('-X DELETE')]).toEqual(['Bread and cheese', ['204']]);
    expect(JSON.parse(gone ?? '')).toEqual({ errors: [{ message: 'Not found.', code: 'not_found' }] });
  });
});

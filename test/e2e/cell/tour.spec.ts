import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { symlinkSync } from 'node:fs';
import { bin, makeFolder, type Running, start } from '../../support/cli.js';
import { fenced, read, section } from '../readme/markdown.js';
import { hasShellTools, type LineOutput, paste } from '../readme/shell.js';

const page = read('docs/dialects/cell.md');
const written = fenced(section(page, 'A tour'), 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** Addresses in answers name the port, so it has to be known before the start. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

(hasShellTools() ? describe : describe.skip)('the tour of Cell, taken at its word', () => {
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
    expect(lines.length).toBeGreaterThan(12);
    for (const { line, code, output } of lines) expect({ line, code, output }).toEqual({ line, code: 0, output });
  });

  it('CELL-70 CELL-71 CELL-72 CELL-16 makes two cells whose accounts may do everything in them', () => {
    expect(outputs('make_cell nina')).toEqual(['Nina and Oleg are there.']);
  });

  it('CELL-11 CELL-32 sends a request, which is open until it is approved', () => {
    expect(JSON.parse(outputs('echo "$SENT"')[0] ?? '')).toMatchObject({ d: { results: { Type: 'req.relation.build', Result: [{ Code: '201' }] } } });
    expect(JSON.parse(outputs('Status+eq+\'none\'')[0] ?? '')).toMatchObject({ d: { results: [{ Title: 'Friend request', Status: 'none' }], __count: '1' } });
    expect(outputs('"Command":"approved"')).toEqual(['204']);
  });

  it('CELL-52 CELL-23 reaches by the relation who was made a friend', () => {
    const [sent] = outputs('"ToRelation":"friend"').map((output) => JSON.parse(output));
    expect(sent.d.results).toMatchObject({ To: null, ToRelation: 'friend', Result: [{ To: expect.stringMatching(/\/nina\/$/), Code: '201' }] });
    expect(JSON.parse(outputs('Status+eq+\'unread\'')[0] ?? '')).toMatchObject({ d: { results: [{ Title: 'Welcome', Body: 'Noon at the fountain?' }] } });
  });
});

import { readFileSync } from 'node:fs';
import { TEST_SECRETS } from '../../support/app.js';
import { makeFolder, type Running, start } from '../../support/cli.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

let db: TestDatabase;
let folder: ReturnType<typeof makeFolder>;
let server: Running;
beforeEach(async () => {
  db = await createDatabase();
  folder = makeFolder();
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await db.drop();
  folder.remove();
});

/** The command line of the very process that was started, once it serves. */
async function commandLine(env: Record<string, string> = {}, nodeArgs: readonly string[] = []): Promise<string[]> {
  server = start(['serve'], {
    cwd: folder.path,
    nodeArgs,
    env: { ...TEST_SECRETS, NODE_ENV: 'test', DATABASE_URL: db.url, PORT: '0', METRICS_ADDRESS: 'off', ...env },
  });
  await server.said('listens on');
  return readFileSync(`/proc/${server.child.pid}/cmdline`, 'utf8').split('\0');
}

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the space for new objects', () => {
  onLinux('is bounded for the server, in the process that was started', async () => {
    const line = await commandLine();
    expect(line[1]).toBe('--max-semi-space-size=8');
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });

  onLinux('is left alone where somebody chose it, on the command line or in NODE_OPTIONS', async () => {
    expect(await commandLine({}, ['--max-semi-space-size=32'])).not.toContain('--max-semi-space-size=8');
    server.child.kill('SIGKILL');
    await server.ended;
    expect(await commandLine({ NODE_OPTIONS: '--max-semi-space-size=32' })).not.toContain('--max-semi-space-size=8');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../../support/cli.js';

const root = join(import.meta.dirname, '..', '..', '..');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/livez`).then((response) => response.ok, () => false);

async function until(what: () => Promise<boolean>, seconds: number): Promise<boolean> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** npm, its shell and the server, whatever is left of them. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left
  }
}

describe('npm start', () => {
  it('a SIGTERM for npm alone ends the server as well', async () => {
    const folder = makeFolder();
    const port = await freePort();
    const npm = spawn('npm', ['start'], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder.path, DATA_DIR: join(folder.path, 'data'), PORT: String(port), METRICS_ADDRESS: 'off' },
    });
    let said = '';
    npm.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    npm.stdout.resume();
    try {
      expect(await until(() => answers(port), 30)).toBe(true);
      npm.kill('SIGTERM');
      expect(await until(async () => !(await answers(port)), 10)).toBe(true);
      expect(await until(() => Promise.resolve(said.includes('Stopped.')), 10)).toBe(true);
    } finally {
      endGroup(npm.pid!);
      folder.remove();
    }
  }, 60_000);
});

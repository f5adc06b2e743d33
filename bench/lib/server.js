import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/**
 * Starts the built server as its users do, in a data folder of its own.
 * @param env further settings; with DATABASE_URL the embedded database stays out of it
 * @returns its address, process number, data folder and a way to stop it
 */
export async function startServer(env = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'polypost-bench-'));
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'bin/polypost.js'), 'serve'], {
    cwd: root,
    // Log lines are written to a file, as in production.
    stdio: ['ignore', openSync(join(dataDir, 'server.log'), 'w'), openSync(join(dataDir, 'console.log'), 'w')],
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, RATE_LIMITS: 'off', METRICS_ADDRESS: 'off', ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const ready = await fetch(`${url}/readyz`).then((r) => r.ok, () => false);
    if (ready) break;
    if (attempt > 300 || child.exitCode !== null) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    pid: child.pid,
    dataDir,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

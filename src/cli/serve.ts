import { readEnvironment } from '../config/environment.js';
import { type Terminal } from './terminal.js';

const PARENT_CHECK_MS = 500;

/** Runs the server until SIGTERM or SIGINT. */
export async function serve(terminal: Terminal): Promise<void> {
  // loaded here, so that the other commands do not wait for the whole server
  const { startServer } = await import('../server.js');
  const environment = readEnvironment();
  if (environment.npm_lifecycle_event !== undefined) stopWithParent();
  await startServer(environment, (line) => terminal.err(line));
}

/**
 * A SIGTERM for `npm start` ends npm and the shell it put between, and that shell tells nobody.
 * The server then finds itself with another parent, and takes that for the signal.
 */
function stopWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

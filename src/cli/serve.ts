import { readEnvironment } from '../config/environment.js';
import { type Terminal } from './terminal.js';

/** Runs the server until SIGTERM or SIGINT. */
export async function serve(terminal: Terminal): Promise<void> {
  // loaded here, so that the other commands do not wait for the whole server
  const { startServer } = await import('../server.js');
  await startServer(readEnvironment(), (line) => terminal.err(line));
}

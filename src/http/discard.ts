import { type IncomingMessage } from 'node:http';

/** What a client may still send after its request was refused, before the connection is cut. */
const DISCARD_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Reads on and throws away what is left of a body nobody wants, so that the client gets to see
 * the answer instead of a broken connection; cuts it off where it goes on for too long.
 */
export function discardBody(request: IncomingMessage): void {
  let discardedBytes = 0;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    discardedBytes += chunk.length;
    if (discardedBytes > DISCARD_BYTES_MAX) request.destroy();
  });
  request.resume();
}

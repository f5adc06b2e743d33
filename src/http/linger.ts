import { type IncomingMessage } from 'node:http';

const LINGER_BYTES_MAX = 32 * 1024 * 1024;
const LINGER_MS_MAX = 5000;
/** Those that were waited for: once is enough. */
const waitedFor = new WeakSet<IncomingMessage>();

/** @returns whether the connection is closed with the answer although a body is still coming in */
export function closesEarly(request: IncomingMessage): boolean {
  return !request.complete && !request.destroyed && !waitedFor.has(request) && closesAfter(request);
}

/**
 * Waits for the rest of a refused body, which somebody else reads over, where the connection is
 * closed with the answer (many proxies ask for that). Closed while bytes still come in, it would
 * be reset, and the answer lost on its way. Clients that keep the connection are not waited for.
 *
 * @returns after 5 seconds or 32 MiB at the latest: nobody sends without end to be answered
 */
export async function linger(request: IncomingMessage): Promise<void> {
  if (!closesEarly(request)) return;
  waitedFor.add(request);
  await new Promise<void>((resolve) => {
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > LINGER_BYTES_MAX) done();
    };
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', done).off('close', done);
      resolve();
    };
    const timer = setTimeout(done, LINGER_MS_MAX);
    request.on('data', onData).on('end', done).on('close', done);
  });
}

function closesAfter(request: IncomingMessage): boolean {
  const connection = request.headers.connection ?? '';
  return request.httpVersion === '1.0' ? !/keep-alive/i.test(connection) : /close/i.test(connection);
}

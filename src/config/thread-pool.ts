const DEFAULT_THREADS = 4;
const THREADS_MAX = 1024;

/** @returns how many threads Node works on besides the event loop (UV_THREADPOOL_SIZE, which Node itself reads) */
export function threadPoolSize(environment: Readonly<Record<string, string | undefined>> = process.env): number {
  const given = Number.parseInt(environment['UV_THREADPOOL_SIZE'] ?? '', 10);
  return Number.isInteger(given) && given >= 1 ? Math.min(given, THREADS_MAX) : DEFAULT_THREADS;
}

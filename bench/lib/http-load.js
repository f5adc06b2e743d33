import autocannon from 'autocannon';
import { cpuMicros } from './processes.js';

/**
 * Drives one endpoint with 32 kept-alive connections.
 *
 * @param server { url, pid }
 * @param requests what the connections send, one after another
 * @param seconds how long
 * @returns req/s, latencies in milliseconds, CPU of the server process per request, wrong answers
 */
export async function drive(server, requests, seconds) {
  const before = cpuMicros(server.pid);
  const result = await autocannon({ url: server.url, connections: 32, duration: seconds, requests, timeout: 30 });
  const used = cpuMicros(server.pid) - before;
  const count = result['2xx'];
  return {
    perSecond: count / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMicros: used / Math.max(1, result.requests.total),
    failures: result.non2xx + result.errors + result.timeouts,
  };
}

import net, { type AddressInfo } from 'node:net';
import { type MetricsAddress } from '../../../src/config/setting-types.js';
import { MetricsServer } from '../../../src/http/metrics-server.js';
import { Metrics } from '../../../src/kernel/metrics.js';
import { startToy, toyConfig } from './toy.js';

const own: MetricsAddress = { host: '127.0.0.1', port: 0 };

describe('metrics', () => {
  it('are served on an address of their own, with nothing of the requests in them', async () => {
    const toy = await startToy(toyConfig({ METRICS_ADDRESS: own }));
    try {
      const metrics = toy.app.get(Metrics);
      metrics.gauge('queue_rows', 'Rows waiting', () => 7);
      metrics.counter('batches_total', 'Batches')(3);
      metrics.histogram('batch_rows', 'Rows of a batch', [1, 10])(4);
      await fetch(`${toy.url}/alpha/things/SECRET?key=SECRET`);
      await fetch(`${toy.url}/SECRET`);
      const at = `http://127.0.0.1:${toy.app.get(MetricsServer).port}`;
      const text = await (await fetch(`${at}/metrics`)).text();
      expect(text).toContain('polypost_http_request_duration_seconds_count{dialect="alpha",method="GET",route="/alpha/things/:id",status="2xx"} 1');
      expect(text).toContain('polypost_http_request_duration_seconds_count{dialect="house",method="GET",route="-",status="4xx"} 1');
      expect(text).toContain('polypost_queue_rows 7');
      expect(text).toContain('polypost_batches_total 3');
      expect(text).toContain('polypost_batch_rows_bucket{le="10"} 1');
      expect(text).toContain('nodejs_eventloop_lag_seconds');
      expect(text).toContain('process_cpu_seconds_total');
      expect(text).not.toContain('SECRET');
      expect((await fetch(`${at}/`)).status).toBe(404);
      expect((await fetch(`${toy.url}/metrics`)).status).toBe(404);
    } finally {
      await toy.close();
    }
  });

  it('cost one line in the log where the port is taken, and nothing else', async () => {
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    const toy = await startToy(toyConfig({ METRICS_ADDRESS: { host: '127.0.0.1', port: (taken.address() as AddressInfo).port } }));
    try {
      expect((await fetch(`${toy.url}/livez`)).status).toBe(200);
      const warnings = toy.lines().filter((line) => line.level === 'warn');
      expect(warnings).toEqual([expect.objectContaining({ error_code: 'EADDRINUSE', msg: 'metrics are not served: the address cannot be used' })]);
      expect(toy.app.get(MetricsServer).port).toBeUndefined();
    } finally {
      await toy.close();
      taken.close();
    }
  });

  it('are gone with the application', async () => {
    const toy = await startToy(toyConfig({ METRICS_ADDRESS: own }));
    const { port } = toy.app.get(MetricsServer);
    await toy.close();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });
});

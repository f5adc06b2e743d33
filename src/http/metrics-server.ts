import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Logger } from 'pino';
import { Config } from '../config/config.js';
import { describeError } from './error-description.js';
import { PromMetrics } from './prom-metrics.js';
import { LOGGER } from './tokens.js';

/**
 * Serves /metrics on an address of its own (METRICS_ADDRESS), so that opening the public port
 * never opens the numbers. A busy port costs a line in the log and nothing else.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly config: Config,
    private readonly metrics: PromMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const address = this.config.house.METRICS_ADDRESS;
    if (address === 'off') return;
    this.metrics.collectProcess();
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => {
      server.once('error', (error) => {
        this.logger.warn({ ...address, ...describeError(error) }, 'metrics are not served: the address cannot be used');
        resolve();
      });
      server.listen(address.port, address.host, () => {
        this.server = server;
        resolve();
      });
    });
    server.unref();
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
    this.server = undefined;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await this.metrics.text();
      response.writeHead(200, { 'Content-Type': this.metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
    } catch (error) {
      this.logger.error(describeError(error), 'metrics cannot be read');
      response.writeHead(500).end();
    }
  }
}

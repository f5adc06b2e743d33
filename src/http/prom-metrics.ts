import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Metrics } from '../kernel/metrics.js';

const PREFIX = 'polypost_';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The numbers of this process, in a registry of their own. */
@Injectable()
export class PromMetrics extends Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: `${PREFIX}http_request_duration_seconds`,
    help: 'Answered requests by their time from the first line to the last byte',
    labelNames: ['dialect', 'method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private collecting = false;

  /** Starts what costs something even when nobody asks: process, heap, event loop, collections. */
  collectProcess(): void {
    if (this.collecting) return;
    this.collecting = true;
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Notes an answered request.
   * @param route the pattern of the route, never the path
   */
  request(dialect: string, method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ dialect, method, route, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  override gauge(name: string, help: string, read: () => number): void {
    this.registry.removeSingleMetric(PREFIX + name);
    new Gauge({
      name: PREFIX + name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  override counter(name: string, help: string): (by?: number) => void {
    const counter = new Counter({ name: PREFIX + name, help, registers: [this.registry] });
    return (by = 1) => counter.inc(by);
  }

  override histogram(name: string, help: string, bounds: readonly number[]): (value: number) => void {
    const histogram = new Histogram({ name: PREFIX + name, help, buckets: [...bounds], registers: [this.registry] });
    return (value) => histogram.observe(value);
  }

  /** @returns everything in the text format of Prometheus */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The Content-Type of that text. */
  get contentType(): string {
    return this.registry.contentType;
  }
}

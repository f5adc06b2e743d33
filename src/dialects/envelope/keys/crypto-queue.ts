import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { threadPoolSize } from '../../../config/thread-pool.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { limits } from '../../../kernel/limits.js';
import { Metrics } from '../../../kernel/metrics.js';
import { EnvelopeVariables } from '../envelope.config.js';

const PER_THREAD = 4;

/** Bounds the work with private keys: what does not fit in is refused at once, so that a flood waits nowhere. */
@Injectable()
export class CryptoQueue {
  private readonly max: number;
  private readonly countRefused: (by?: number) => void;
  private active = 0;

  constructor(@Inject(Config) config: Config, @Inject(Metrics) metrics: Metrics) {
    const { ENVELOPE_CRYPTO_QUEUE: max } = config.section(EnvelopeVariables);
    this.max = max === 0 ? PER_THREAD * threadPoolSize() : max;
    metrics.gauge('envelope_crypto_queue', 'Packets being opened or waiting for it', () => this.active);
    this.countRefused = metrics.counter('envelope_crypto_refused_total', 'Packets refused because too many were being opened');
  }

  /** @throws DomainError overloaded when there is no room */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active >= this.max) {
      this.countRefused();
      throw new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds });
    }
    this.active += 1;
    try {
      return await work();
    } finally {
      this.active -= 1;
    }
  }
}

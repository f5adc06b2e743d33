import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../config/config.js';
import { type RateLimit } from '../config/setting-types.js';
import { type Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { limits } from '../kernel/limits.js';
import { CLOCK } from '../kernel/tokens.js';

interface Bucket {
  tokens: number;
  /** when `tokens` was true, milliseconds */
  atMs: number;
}

/**
 * Token buckets by limit name and key, in constant time and bounded memory. A bucket holds
 * `count` tokens and refills over `seconds`. The least recently used bucket is forgotten when
 * there are too many: a forgotten client starts anew. Each process counts for itself.
 */
@Injectable()
export class RateLimiter {
  private readonly off: boolean;
  private readonly overrides: Readonly<Record<string, RateLimit>>;
  private readonly buckets = new LRUCache<string, Bucket>({ max: limits.rate_limiter_entries_max });

  constructor(
    config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    ({ off: this.off, overrides: this.overrides } = config.house.RATE_LIMITS);
  }

  /**
   * Takes one token.
   *
   * @param name of the limit, as RATE_LIMITS spells it: `keyinbox.generate`
   * @param key who is counted, such as clientKey(request)
   * @param defaults used unless RATE_LIMITS names this limit
   * @throws DomainError rate_limited with retryAfterSeconds, when there is none; nothing is taken then
   */
  take(name: string, key: string, defaults: RateLimit): void {
    if (this.off) return;
    const limit = this.limitOf(name, defaults);
    const bucket = this.refilled(name, key, limit);
    if (bucket.tokens < 1) throw refusal(bucket, limit);
    bucket.tokens -= 1;
  }

  /**
   * Looks without taking, for limits that count only failures.
   *
   * @throws DomainError rate_limited with retryAfterSeconds, when the bucket is empty
   */
  check(name: string, key: string, defaults: RateLimit): void {
    if (this.off) return;
    const limit = this.limitOf(name, defaults);
    const bucket = this.refilled(name, key, limit);
    if (bucket.tokens < 1) throw refusal(bucket, limit);
  }

  /** Takes one token if there is one, and never refuses: the other half of `check`. */
  penalise(name: string, key: string, defaults: RateLimit): void {
    if (this.off) return;
    const bucket = this.refilled(name, key, this.limitOf(name, defaults));
    bucket.tokens = Math.max(0, bucket.tokens - 1);
  }

  private limitOf(name: string, defaults: RateLimit): RateLimit {
    return Object.hasOwn(this.overrides, name) ? (this.overrides[name] ?? defaults) : defaults;
  }

  private refilled(name: string, key: string, limit: RateLimit): Bucket {
    const id = `${name}\n${key}`;
    const nowMs = this.clock.now();
    const bucket = this.buckets.get(id);
    if (!bucket) {
      const fresh = { tokens: limit.count, atMs: nowMs };
      this.buckets.set(id, fresh);
      return fresh;
    }
    // a clock that was set back must neither drain nor fill a bucket
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(limit.count, bucket.tokens + (elapsedMs * limit.count) / (limit.seconds * 1000));
    bucket.atMs = nowMs;
    return bucket;
  }
}

function refusal(bucket: Bucket, limit: RateLimit): DomainError {
  const seconds = ((1 - bucket.tokens) * limit.seconds) / limit.count;
  return new DomainError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) });
}

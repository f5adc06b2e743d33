import { Inject, Injectable } from '@nestjs/common';
import { RateLimiter } from '../../../http/rate-limiter.js';
import { type PmCaller } from './auth/caller.js';
import { RATES } from './pm.rates.js';

/** What one user may not do too often. */
export type Paced = 'send' | 'follow' | 'hide' | 'search' | 'upload';

/** Bounds what one user does in a minute. */
@Injectable()
export class PmPace {
  constructor(@Inject(RateLimiter) private readonly limiter: RateLimiter) {}

  /** @throws DomainError rate_limited */
  admit(what: Paced, caller: PmCaller): void {
    this.limiter.take(`pm.${what}`, caller.userId, RATES[`pm.${what}`]);
  }
}

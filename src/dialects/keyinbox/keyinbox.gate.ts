import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type RateLimit } from '../../config/setting-types.js';
import { clientKey } from '../../http/client-address.js';
import { RateLimiter } from '../../http/rate-limiter.js';
import { KeyInboxFault } from './keyinbox.faults.js';
import { KeyInboxKeys } from './keyinbox.keys.js';
import { text } from './keyinbox.parameters.js';
import { type KeyChecks } from './keyinbox.parse.js';

const GENERATE: RateLimit = { count: 120, seconds: 60 };
const ANONYMOUS: RateLimit = { count: 120, seconds: 60 };
const BAD_KEY: RateLimit = { count: 60, seconds: 60 };

/** The checks of keys, and how often one client may do what costs or harms. */
@Injectable()
export class KeyInboxGate {
  constructor(
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** @returns the checks for one request; a client that offers too many wrong private keys gets rate_limited instead */
  checksFor(request: Request): KeyChecks {
    return {
      privateKey: (value) => {
        const key = this.keys.readPrivate(text('private_key', value));
        if (key !== null) return key;
        this.limiter.take('keyinbox.bad_key', clientKey(request), BAD_KEY);
        throw new KeyInboxFault('invalid_private_key');
      },
      publicKey: (value) => {
        const key = this.keys.readPublic(text('public_key', value));
        if (key === null) throw new KeyInboxFault('invalid_public_key');
        return key;
      },
    };
  }

  /** @throws DomainError rate_limited */
  admitKeyGeneration(request: Request): void {
    this.limiter.take('keyinbox.generate', clientKey(request), GENERATE);
  }

  /** @throws DomainError rate_limited */
  admitAnonymousSend(request: Request): void {
    this.limiter.take('keyinbox.anonymous', clientKey(request), ANONYMOUS);
  }
}

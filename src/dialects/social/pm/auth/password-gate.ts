import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Login, type PasswordProof } from '../../../../core/accounts/login.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { RATES } from '../pm.rates.js';

const ACCOUNT_CHARACTERS_MAX = 256;

/** Checks passwords, and bounds how often one may be tried wrongly. */
@Injectable()
export class PasswordGate {
  constructor(
    @Inject(Login) private readonly login: Login,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /**
   * @returns null whatever it was that did not fit: nobody learns which accounts there are
   * @throws DomainError rate_limited; overloaded
   */
  async check(request: Request, name: string, password: string): Promise<PasswordProof | null> {
    const account = name.trim().toLowerCase().slice(0, ACCOUNT_CHARACTERS_MAX);
    const address = clientKey(request);
    this.limiter.check('pm.password_account', account, RATES['pm.password_account']);
    this.limiter.check('pm.password_address', address, RATES['pm.password_address']);
    const { proof } = await this.login.execute({ login: name, password });
    if (proof !== null) return proof;
    this.limiter.penalise('pm.password_account', account, RATES['pm.password_account']);
    this.limiter.penalise('pm.password_address', address, RATES['pm.password_address']);
    return null;
  }
}

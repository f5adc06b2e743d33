import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Login } from '../../../../core/accounts/login.js';
import { type User } from '../../../../core/accounts/user.js';
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
  async userOf(request: Request, name: string, password: string): Promise<User | null> {
    const account = name.trim().toLowerCase().slice(0, ACCOUNT_CHARACTERS_MAX);
    const address = clientKey(request);
    this.limiter.check('pm.password_account', account, RATES['pm.password_account']);
    this.limiter.check('pm.password_address', address, RATES['pm.password_address']);
    const { outcome, user } = await this.login.execute({ login: name, password });
    if (outcome === 'ok' && user !== null) return user;
    this.limiter.penalise('pm.password_account', account, RATES['pm.password_account']);
    this.limiter.penalise('pm.password_address', address, RATES['pm.password_address']);
    return null;
  }
}

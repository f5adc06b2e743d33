import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type RateLimit } from '../../../../config/setting-types.js';
import { type LoginOutcome } from '../../../../core/accounts/login.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';

const PER_ACCOUNT: RateLimit = { count: 10, seconds: 600 };
const PER_ADDRESS: RateLimit = { count: 100, seconds: 600 };

/** Bounds how often a password may be tried wrongly, per account and per client address. */
@Injectable()
export class LoginGate {
  constructor(@Inject(RateLimiter) private readonly limiter: RateLimiter) {}

  /**
   * @param login the name that is tried, in any letter case
   * @param attempt checks the password; not run when too many have failed
   * @throws DomainError rate_limited
   */
  async guard(request: Request, login: string, attempt: () => Promise<LoginOutcome>): Promise<LoginOutcome> {
    const account = accountKey(login);
    const address = clientKey(request);
    this.limiter.check('ossn.login_account', account, PER_ACCOUNT);
    this.limiter.check('ossn.login_address', address, PER_ADDRESS);
    const outcome = await attempt();
    if (outcome.outcome !== 'ok') {
      for (const name of namesOf(account, outcome)) this.limiter.penalise('ossn.login_account', name, PER_ACCOUNT);
      this.limiter.penalise('ossn.login_address', address, PER_ADDRESS);
    }
    return outcome;
  }
}

/** Every name an account can be tried by, so that guessing by another one is no second chance. */
function namesOf(tried: string, { user }: LoginOutcome): ReadonlySet<string> {
  return new Set([tried, ...[user?.username, user?.email].flatMap((name) => (name ? [accountKey(name)] : []))]);
}

function accountKey(name: string): string {
  return name.trim().toLowerCase().slice(0, 256);
}

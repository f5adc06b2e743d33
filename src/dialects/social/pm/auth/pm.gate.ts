import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Activity } from '../../../../core/accounts/activity.js';
import { Users } from '../../../../core/accounts/users.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { denied, unauthenticated } from '../pm.faults.js';
import { RATES } from '../pm.rates.js';
import { type PmCaller } from './caller.js';
import { PmTokens } from './tokens.js';

const BEARER = /^(?:Bearer|Token) +(\S+)$/i;

/** Finds out who calls. */
@Injectable()
export class PmGate {
  constructor(
    @Inject(PmTokens) private readonly tokens: PmTokens,
    @Inject(Users) private readonly users: Users,
    @Inject(Activity) private readonly activity: Activity,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** @throws PmFault 401 or 403; DomainError rate_limited for a client that offers wrong tokens again and again */
  async admit(request: Request): Promise<PmCaller> {
    const header = request.headers.authorization;
    if (header === undefined) throw unauthenticated(false);
    const token = BEARER.exec(header.trim())?.[1];
    const caller = token === undefined ? null : await this.callerOf(token);
    if (caller === null) {
      this.limiter.take('pm.bad_token', clientKey(request), RATES['pm.bad_token']);
      throw unauthenticated(true);
    }
    if (caller.user.disabledAt !== null) throw denied('This account is blocked.');
    this.activity.user(caller.userId);
    return caller;
  }

  /** @returns null where no token is given; for the rest as admit */
  async admitIfNamed(request: Request): Promise<PmCaller | null> {
    return request.headers.authorization === undefined ? null : this.admit(request);
  }

  /** @returns whose token it is, null where it opens nothing; the account may be switched off */
  async callerOf(token: string): Promise<PmCaller | null> {
    const grant = await this.tokens.verify(token);
    const user = grant && (await this.users.byId(grant.userId));
    return user && { userId: user.id, user, isStaff: user.role !== 'user' };
  }
}

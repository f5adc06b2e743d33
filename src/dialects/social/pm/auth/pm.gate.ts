import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Activity } from '../../../../core/accounts/activity.js';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { type Id } from '../../../../kernel/id-source.js';
import { denied, unauthenticated } from '../pm.faults.js';
import { RATES } from '../pm.rates.js';
import { type PmCaller } from './caller.js';
import { PmTokens } from './tokens.js';

const BEARER = /^(?:Bearer|Token) +(\S+)$/i;

/** An account that a token opens. */
export interface OpenedAccount {
  readonly caller: PmCaller;
  /** when the token ends by itself, milliseconds; null where only looking again can tell */
  readonly expiresMs: number | null;
}

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
    const opened = token === undefined ? null : await this.open(token);
    if (opened === null) {
      this.limiter.take('pm.bad_token', clientKey(request), RATES['pm.bad_token']);
      throw unauthenticated(true);
    }
    const { caller } = opened;
    if (caller.user.disabledAt !== null) throw denied('This account is blocked.');
    this.activity.user(caller.userId);
    return caller;
  }

  /** @returns null where no token is given; for the rest as admit */
  async admitIfNamed(request: Request): Promise<PmCaller | null> {
    return request.headers.authorization === undefined ? null : this.admit(request);
  }

  /** @returns what a token opens, null where that is nothing; the account may be switched off */
  async open(token: string): Promise<OpenedAccount | null> {
    const grant = await this.tokens.verify(token);
    const user = grant && (await this.users.byId(grant.userId));
    return user && { caller: { userId: user.id, user, isStaff: user.role !== 'user' }, expiresMs: grant.expiresMs };
  }

  /** @returns null when unknown or deleted */
  userOf(id: Id): Promise<User | null> {
    return this.users.byId(id);
  }
}

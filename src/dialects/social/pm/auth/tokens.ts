import { Inject, Injectable } from '@nestjs/common';
import { Credentials } from '../../../../core/accounts/credentials.js';
import { type Id } from '../../../../kernel/id-source.js';
import { PmJwt } from './jwt.js';
import { ACCESS_PREFIX, CREDENTIALS, TOKEN_KINDS } from './token-kinds.js';

/** A text that may stand in a header as it is: letters, digits and the like (RFC 7230, token). */
const TOKEN = /^[A-Za-z0-9._~-]{8,4096}$/;

const KINDS: readonly string[] = Object.values(TOKEN_KINDS);

/** What a token opens. */
export interface Grant {
  readonly userId: Id;
  /** when it ends by itself, milliseconds; null where only looking again can tell */
  readonly expiresMs: number | null;
}

/** Checks access tokens: those this server gave out, and those that integrators sign. */
@Injectable()
export class PmTokens {
  constructor(
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(PmJwt) private readonly jwt: PmJwt,
  ) {}

  /** @returns null for what is unknown, expired, revoked or damaged */
  async verify(token: string): Promise<Grant | null> {
    if (!TOKEN.test(token)) return null;
    if (token.includes('.')) return this.jwt.verify(token);
    const credential = await this.credentials.verify({ dialect: CREDENTIALS, secret: token });
    if (credential === null || !KINDS.includes(credential.kind) || credential.userId === null) return null;
    return { userId: credential.userId, expiresMs: null };
  }

  /** @returns a new access token; it can never be shown again */
  issueAccess(userId: Id, options: { readonly label: string; readonly lifetimeSeconds: number | null }): Promise<{ id: Id; secret: string }> {
    return this.credentials.issue({ dialect: CREDENTIALS, kind: TOKEN_KINDS.access, userId, prefix: ACCESS_PREFIX, ...options });
  }
}

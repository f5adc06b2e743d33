import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../../config/config.js';
import { sha256 } from '../../../../crypto/digests.js';
import { type Clock } from '../../../../kernel/clock.js';
import { limits } from '../../../../kernel/limits.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { PmVariables } from '../pm.config.js';
import { idOfValue } from '../pm.query.js';
import { type Grant } from './tokens.js';

const ALGORITHM = 'HS256';
const TOKEN_TYPE = 'access';

/**
 * Tokens that integrators sign with the secret of this installation. HS256 and nothing else: the
 * header of a token never chooses how it is checked.
 *
 * That a signature is right can never change while the secrets stand, so it is remembered, by the
 * digest of the token. Nothing else is: time, audience and account are looked at with every request.
 */
@Injectable()
export class PmJwt {
  private readonly secrets: readonly Uint8Array[];
  private readonly audience: string;
  private readonly ttlMaxSeconds: number;
  private readonly signed = new LRUCache<string, JWTPayload>({ max: limits.signed_token_cache_entries_max });

  constructor(
    @Inject(Config) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const { PM_JWT_SECRET, PM_JWT_SECRET_PREVIOUS, PM_JWT_TTL_MAX } = config.section(PmVariables);
    const texts = PM_JWT_SECRET === undefined ? [] : [PM_JWT_SECRET, ...PM_JWT_SECRET_PREVIOUS];
    this.secrets = texts.map((text) => new TextEncoder().encode(text));
    this.audience = config.publicUrl;
    this.ttlMaxSeconds = PM_JWT_TTL_MAX;
  }

  /** @returns whom the token speaks for, null where any of its claims is missing or wrong */
  async verify(token: string): Promise<Grant | null> {
    const payload = await this.open(token);
    if (payload === null || typeof payload.exp !== 'number') return null;
    const { user_id: userId, token_type: type, jti } = payload as JWTPayload & Readonly<Record<string, unknown>>;
    const id = typeof userId === 'number' ? idOfValue(userId) : null;
    if (id === null || type !== TOKEN_TYPE || !isSerial(jti)) return null;
    // no more is asked of the time it was made at: integrators write milliseconds there
    if (typeof payload.iat !== 'number') return null;
    return { userId: id, expiresMs: payload.exp * 1000 };
  }

  /** @returns whether signature and time are right, whatever the token says */
  async isSigned(token: string): Promise<boolean> {
    return (await this.open(token)) !== null;
  }

  private async open(token: string): Promise<JWTPayload | null> {
    const nowMs = this.clock.now();
    const payload = await this.signedClaims(token, nowMs);
    if (payload === null || !isInTime(payload, nowMs)) return null;
    const tooLong = (payload.exp ?? Infinity) - nowMs / 1000 > this.ttlMaxSeconds;
    return tooLong || this.isForeign(payload.aud) ? null : payload;
  }

  /** @returns the claims of a token that one of the secrets signed; what was once in time may not be so any more */
  private async signedClaims(token: string, nowMs: number): Promise<JWTPayload | null> {
    const name = sha256(token).toString('latin1');
    const known = this.signed.get(name);
    if (known !== undefined) return known;
    for (const secret of this.secrets) {
      const payload = await check(token, secret, nowMs);
      if (payload === null) continue;
      this.signed.set(name, payload);
      return payload;
    }
    return null;
  }

  /** Integrators name no audience; a token that names another one is meant for somebody else. */
  private isForeign(audience: string | string[] | undefined): boolean {
    if (audience === undefined) return false;
    return !(Array.isArray(audience) ? audience : [audience]).includes(this.audience);
  }
}

async function check(token: string, secret: Uint8Array, nowMs: number): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, secret, { algorithms: [ALGORITHM], currentDate: new Date(nowMs), requiredClaims: ['exp'] });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** As jose has it: whole seconds, no tolerance. That both are numbers was checked with the signature. */
function isInTime({ exp, nbf }: JWTPayload, nowMs: number): boolean {
  const now = Math.floor(nowMs / 1000);
  return exp !== undefined && exp > now && (nbf === undefined || nbf <= now);
}

function isSerial(jti: unknown): boolean {
  return (typeof jti === 'string' && jti !== '') || typeof jti === 'number';
}

import { Inject, Injectable } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload, SignJWT } from 'jose';
import { type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../config/config.js';
import { SigningKey } from '../../../crypto/signing-key.js';
import { type Clock } from '../../../kernel/clock.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { CellVariables } from '../cell.config.js';
import { CellUrls } from '../cell.urls.js';
import { PeerKeys } from './peer-keys.js';

const KEY_DOMAIN = 'polypost/cell/tokens/v1';
const ALGORITHM = 'EdDSA';
const TYPE = 'polypost-cell+jwt';
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const TOKEN_CHARACTERS_MAX = 8192;
const REMEMBERED_MAX = 10_000;
/** A token of another server may come from a clock that is ahead. */
const CLOCK_SKEW_MS = 60_000;
/** of tokens of other servers: nobody there can make one that is good for ever */
const FOREIGN_LIFETIME_SECONDS_MAX = 86_400;

/** What a token is for. */
export type TokenUse = 'access' | 'refresh' | 'trans';

/** What a token says. */
export interface CellClaims {
  readonly use: TokenUse;
  /** address of the cell that made it, normalised */
  readonly issuer: string;
  /** address of the cell it is for, normalised */
  readonly audience: string;
  /** the issuer itself, or an account of it: `{issuer}#{name}` */
  readonly subject: string;
  /** address of the app that asked for it, normalised */
  readonly schema: string | null;
  /** which account and which cell made it, as names may be given anew; no account: the cell itself; both are of use on its own server alone */
  readonly accountId: Id | null;
  readonly cellId: Id | null;
  /** of refresh tokens: the password at that time */
  readonly passwordRevision: number | null;
  readonly expiresMs: number;
}

export type Verdict =
  | { readonly ok: true; readonly claims: CellClaims }
  | { readonly ok: false; readonly why: 'unreadable' | 'signature' | 'expired' };

const UNREADABLE: Verdict = { ok: false, why: 'unreadable' };

/** Makes and checks the tokens of cells: signed, for one cell, for one use. */
@Injectable()
export class CellTokens {
  private readonly keys: readonly SigningKey[];
  /** tokens of this server whose signature was found good; whether they have expired is looked at each time */
  private readonly known = new LRUCache<string, CellClaims>({ max: REMEMBERED_MAX });

  constructor(
    @Inject(Config) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(PeerKeys) private readonly peers: PeerKeys,
  ) {
    const { CELL_SIGNING_KEY, CELL_SIGNING_KEY_PREVIOUS } = config.section(CellVariables);
    this.keys = [CELL_SIGNING_KEY, ...CELL_SIGNING_KEY_PREVIOUS].map((secret) => new SigningKey(Buffer.from(secret, 'utf8'), KEY_DOMAIN));
  }

  /** @returns the public halves of all keys whose tokens are good, as a JWK Set */
  publicKeys(): { readonly keys: readonly object[] } {
    return { keys: this.keys.map((key) => key.jwk) };
  }

  /**
   * @param claims without its end
   * @param lifetimeSeconds from now
   */
  issue(claims: Omit<CellClaims, 'expiresMs'>, lifetimeSeconds: number): Promise<string> {
    const key = this.keys[0]!;
    const nowSeconds = Math.floor(this.clock.now() / 1000);
    const { use, issuer, audience, subject, schema, accountId, cellId, passwordRevision } = claims;
    return new SignJWT({
      use,
      ...(schema === null ? {} : { schema }),
      ...(accountId === null ? {} : { acc: accountId }),
      ...(cellId === null ? {} : { cell: cellId }),
      ...(passwordRevision === null ? {} : { pwr: passwordRevision }),
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + lifetimeSeconds)
      .setJti(this.ids.bytes(12).toString('base64url'))
      .sign(key.privateKey);
  }

  /**
   * @param cellId of the issuer; may be null for a token that is for another server, where nobody could look it up
   * @returns a token that a cell makes as itself, to call another one with
   */
  issueAsCell(issuer: string, audience: string, lifetimeSeconds: number, cellId: Id | null): Promise<string> {
    return this.issue({ use: 'trans', issuer, audience, subject: issuer, schema: null, accountId: null, cellId, passwordRevision: null }, lifetimeSeconds);
  }

  /**
   * Checks form, signature and time. Whom it is for and what for is the caller's affair.
   * A token of a cell of another server is checked with that server's key.
   */
  async verify(token: string): Promise<Verdict> {
    const remembered = this.known.get(token);
    if (remembered) return this.timely(remembered);
    if (token.length > TOKEN_CHARACTERS_MAX || !TOKEN.test(token)) return UNREADABLE;
    const read = unverified(token);
    if (!read || this.urls.normalise(read.issuer) !== read.issuer) return UNREADABLE;
    const isOurs = this.urls.isLocal(read.issuer);
    const key = isOurs ? this.ownKey(read.kid) : await this.peers.find(read.issuer, read.kid);
    if (!key) return { ok: false, why: 'signature' };
    const payload = await checked(token, key);
    if (payload === null) return { ok: false, why: 'signature' };
    const claims = claimsOf(payload);
    if (!claims || (!isOurs && !this.isSoundFromOutside(claims, payload))) return UNREADABLE;
    if (isOurs) this.known.set(token, claims);
    return this.timely(claims);
  }

  private ownKey(kid: string): KeyObject | null {
    return this.keys.find((key) => key.kid === kid)?.publicKey ?? null;
  }

  private timely(claims: CellClaims): Verdict {
    return claims.expiresMs > this.clock.now() ? { ok: true, claims } : { ok: false, why: 'expired' };
  }

  /** Another server speaks for its own cells, to cells of this one, and for a while. */
  private isSoundFromOutside({ use, audience, issuer, subject, expiresMs }: CellClaims, { iat }: JWTPayload): boolean {
    if (use !== 'trans' || !this.urls.isLocal(audience)) return false;
    if (subject !== issuer && !subject.startsWith(`${issuer}#`)) return false;
    if (typeof iat !== 'number' || iat * 1000 > this.clock.now() + CLOCK_SKEW_MS) return false;
    return expiresMs - iat * 1000 <= FOREIGN_LIFETIME_SECONDS_MAX * 1000;
  }
}

/** Says which key to check with, nothing more: none of it is believed yet. */
function unverified(token: string): { issuer: string; kid: string } | null {
  try {
    const { alg, kid, typ } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    return alg === ALGORITHM && typ === TYPE && typeof kid === 'string' && kid.length <= 128 && typeof iss === 'string' ? { issuer: iss, kid } : null;
  } catch {
    return null;
  }
}

/** @returns null for a wrong signature; the time is looked at elsewhere */
async function checked(token: string, key: KeyObject): Promise<JWTPayload | null> {
  try {
    // the end is compared with our clock by whoever asks, so it must not be compared here with another
    return (await jwtVerify(token, key, { algorithms: [ALGORITHM], typ: TYPE, currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER })).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

const USES: readonly string[] = ['access', 'refresh', 'trans'] satisfies readonly TokenUse[];

function claimsOf(payload: JWTPayload): CellClaims | null {
  const { iss, aud, sub, exp } = payload;
  const { use, schema, acc, cell, pwr } = payload as Readonly<Record<string, unknown>>;
  if (typeof iss !== 'string' || typeof aud !== 'string' || typeof sub !== 'string' || typeof exp !== 'number' || !USES.includes(String(use))) return null;
  return {
    use: use as TokenUse,
    issuer: iss,
    audience: aud,
    subject: sub,
    schema: typeof schema === 'string' ? schema : null,
    accountId: typeof acc === 'string' ? acc : null,
    cellId: typeof cell === 'string' ? cell : null,
    passwordRevision: typeof pwr === 'number' ? pwr : null,
    expiresMs: exp * 1000,
  };
}

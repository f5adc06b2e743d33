import { Inject, Injectable } from '@nestjs/common';
import { createLocalJWKSet, type JWK } from 'jose';
import { type RemoteUnit } from '../../../config/setting-types.js';
import { type Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { PeerCalls } from './peer-calls.js';

/** Finds the key a token names; what `jwtVerify` takes. */
export type PeerKeySet = ReturnType<typeof createLocalJWKSet>;

interface Known {
  /** null: the server did not tell */
  readonly keys: PeerKeySet | null;
  readonly ids: ReadonlySet<string>;
  readonly askedMs: number;
}

const PATH = '.well-known/polypost-cell';
const GOOD_FOR_MS = 3_600_000;
/** A server that did not answer, or whose keys do not have the one asked for, is asked again after this. */
const ASK_AGAIN_MS = 30_000;
const KEYS_MAX = 16;
const ID_CHARACTERS_MAX = 128;

/** The public keys of other servers, which sign what their cells say. Remembered for an hour. */
@Injectable()
export class PeerKeys {
  private readonly known = new Map<string, Promise<Known>>();

  constructor(
    @Inject(PeerCalls) private readonly calls: PeerCalls,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param keyId of the key that a token was signed with
   * @returns the keys of the server; null when it cannot be asked now. They may lack the one asked for
   */
  async find(unit: RemoteUnit, keyId: string): Promise<PeerKeySet | null> {
    const known = this.known.get(unit.url);
    const found = await known;
    if (found && this.isGood(found, keyId)) return found.keys;
    // Two who find the same thing missing ask once.
    const current = this.known.get(unit.url);
    const asking = current && current !== known ? current : this.ask(unit);
    this.known.set(unit.url, asking);
    return (await asking).keys;
  }

  private isGood({ keys, ids, askedMs }: Known, keyId: string): boolean {
    const age = this.clock.now() - askedMs;
    return age < (keys !== null && ids.has(keyId) ? GOOD_FOR_MS : ASK_AGAIN_MS) && age >= 0;
  }

  private async ask(unit: RemoteUnit): Promise<Known> {
    const askedMs = this.clock.now();
    const reply = await this.calls.get(unit, PATH);
    const jwks = reply.kind === 'reply' && reply.status === 200 ? readKeys(reply.body) : null;
    return { keys: jwks ? createLocalJWKSet({ keys: [...jwks] }) : null, ids: new Set(jwks?.map(({ kid }) => kid ?? '')), askedMs };
  }
}

/** @returns the signing keys of a JWK Set; only Ed25519, whatever else stands there. Null when it is no such set */
export function readKeys(text: string): readonly JWK[] | null {
  const document = parse(text);
  const keys: unknown = typeof document === 'object' && document !== null ? (document as { keys?: unknown }).keys : null;
  if (!Array.isArray(keys) || keys.length > KEYS_MAX) return null;
  return keys.flatMap((key: unknown) => {
    const { kty, crv, x, kid } = (typeof key === 'object' && key !== null ? key : {}) as Record<string, unknown>;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(x)) return [];
    if (typeof kid !== 'string' || kid.length > ID_CHARACTERS_MAX) return [];
    return [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

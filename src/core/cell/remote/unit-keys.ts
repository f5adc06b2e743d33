import { Inject, Injectable } from '@nestjs/common';
import { type RemoteUnit } from '../../../config/setting-types.js';
import { type Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { PeerCalls } from './peer-calls.js';

/** The public half of a key, as JWK has it. */
export interface UnitKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** base64url */
  readonly x: string;
}

interface Known {
  /** by id; empty where the server did not tell */
  readonly keys: ReadonlyMap<string, UnitKey>;
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
export class UnitKeys {
  private readonly known = new Map<string, Promise<Known>>();

  constructor(
    @Inject(PeerCalls) private readonly calls: PeerCalls,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param keyId of the key that a token says it was signed with
   * @returns null when the server has no such key, or cannot be asked now
   */
  async find(unit: RemoteUnit, keyId: string): Promise<UnitKey | null> {
    const known = this.known.get(unit.url);
    const found = await known;
    if (found && this.isGood(found, keyId)) return found.keys.get(keyId) ?? null;
    // Two who find the same thing missing ask once.
    const current = this.known.get(unit.url);
    const asking = current && current !== known ? current : this.ask(unit);
    this.known.set(unit.url, asking);
    return (await asking).keys.get(keyId) ?? null;
  }

  private isGood({ keys, askedMs }: Known, keyId: string): boolean {
    const age = this.clock.now() - askedMs;
    return age < (keys.has(keyId) ? GOOD_FOR_MS : ASK_AGAIN_MS) && age >= 0;
  }

  private async ask(unit: RemoteUnit): Promise<Known> {
    const askedMs = this.clock.now();
    const reply = await this.calls.get(unit, PATH);
    return { keys: reply.kind === 'reply' && reply.status === 200 ? readKeys(reply.body) : new Map(), askedMs };
  }
}

/** @returns the signing keys of a JWK Set by their ids; only Ed25519, whatever else stands there */
export function readKeys(text: string): ReadonlyMap<string, UnitKey> {
  const document = parse(text);
  const list: unknown = typeof document === 'object' && document !== null ? (document as { keys?: unknown }).keys : null;
  const keys = new Map<string, UnitKey>();
  for (const entry of Array.isArray(list) && list.length <= KEYS_MAX ? (list as unknown[]) : []) {
    const { kty, crv, x, kid } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(x)) continue;
    if (typeof kid === 'string' && kid.length <= ID_CHARACTERS_MAX) keys.set(kid, { kty, crv, x });
  }
  return keys;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

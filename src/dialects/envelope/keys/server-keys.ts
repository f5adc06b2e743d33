import { fingerprint, NodeBackend, OuterKey, type PrivateKey, privateKeyFromPkcs8, privateKeyFromRaw, publicKeyPem, type Suite, suitesFor, type SuiteId } from '@polypost/envelope/codec';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { Config } from '../../../config/config.js';
import { type SealedServerKey, type ServerKeyKind, ServerKeyStore } from '../../../core/envelope/server-key-store.js';
import { SecretBox } from '../../../crypto/secret-box.js';
import { LOGGER } from '../../../http/tokens.js';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { KeySealing } from './key-sealing.js';

const DAY_MS = 86_400_000;
/** How soon a process knows of keys that another one made. */
const REFRESH_MS = 2_000;
/** Without `kid` at most so many keys are tried: the current one and the one before. */
const TRIED_MAX = 2;
/** In our order of preference. */
const KINDS: readonly ServerKeyKind[] = ['identity', 'x25519', 'rsa'];

/** A pair that opens packets. */
export interface LiveKey {
  readonly kid: string;
  readonly kind: 'x25519' | 'rsa';
  readonly publicKey: string;
  readonly suites: readonly SuiteId[];
  readonly outer: OuterKey;
  readonly createdAt: Date;
  /** a current one is replaced then, a previous one destroyed */
  readonly notAfter: Date;
  readonly isCurrent: boolean;
}

/** Every pair as this process knows it; replaced as a whole. */
export interface KeyRingOfServer {
  readonly identity: PrivateKey;
  readonly identityPem: string;
  /** the current ones first */
  readonly live: readonly LiveKey[];
  /** when anything of it changed last */
  readonly changedAt: Date;
}

/**
 * The server's own keys: made when there are none, imported once, replaced on schedule, destroyed
 * after their grace time. Several processes share them through the database.
 */
@Injectable()
export class ServerKeys implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly backend = new NodeBackend();
  private readonly sealing: KeySealing;
  private readonly rotateMs: number;
  private readonly graceMs: number;
  private readonly rsaBits: number;
  private readonly imported = new Map<string, OuterKey>();
  private ring: KeyRingOfServer | null = null;
  private known = '';
  private refreshing: Promise<KeyRingOfServer> | null = null;
  /** when somebody last named a key that this process did not know: each such question may cost a look */
  private askedMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;
  private stopping = false;

  constructor(
    @Inject(Config) config: Config,
    @Inject(ServerKeyStore) private readonly store: ServerKeyStore,
    @Inject(SecretBox) box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const variables = config.section(EnvelopeVariables);
    this.sealing = new KeySealing(variables, box);
    this.rotateMs = variables.ENVELOPE_ROTATE_DAYS * DAY_MS;
    this.graceMs = variables.ENVELOPE_GRACE_DAYS * DAY_MS;
    this.rsaBits = Number(variables.ENVELOPE_RSA_BITS);
  }

  /** Begins to make or load the keys; the first request waits for them, the start does not. */
  onApplicationBootstrap(): void {
    const look = (): void => void this.refresh().catch((error: unknown) => this.complain(error));
    look();
    this.timer = setInterval(look, REFRESH_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.refreshing?.catch(() => undefined);
  }

  /** @throws DomainError overloaded while there are none because the database is away */
  async all(): Promise<KeyRingOfServer> {
    return this.ring ?? this.refresh();
  }

  /**
   * @param kid named by the sender; it may be younger than what this process knows
   * @returns null when there is no such key, or none any more
   */
  async named(kid: string): Promise<LiveKey | null> {
    const known = this.live(await this.all()).find((key) => key.kid === kid);
    if (known) return known;
    const nowMs = performance.now();
    if (nowMs - this.askedMs < REFRESH_MS / 2) return null;
    this.askedMs = nowMs;
    // a look that is under way may have begun before that key was made
    await this.refreshing?.catch(() => undefined);
    return this.live(await this.refresh()).find((key) => key.kid === kid) ?? null;
  }

  /** @returns the keys to try for a suite where the sender names none: the current one first, at most two */
  async forSuite(suite: Suite): Promise<readonly LiveKey[]> {
    return this.live(await this.all()).filter((key) => key.kind === suite.keyType).slice(0, TRIED_MAX);
  }

  /** Replaces the current pairs that open packets; the identity stays. @returns ids of the new ones */
  async rotate(): Promise<string[]> {
    const keys = await this.store.all();
    const made: string[] = [];
    for (const current of keys.filter((key) => key.kind !== 'identity' && key.retiredAt === null)) {
      const fresh = await this.make(current.kind);
      if (await this.store.replace(current.kid, fresh)) made.push(fresh.kid);
    }
    await this.refresh();
    return made;
  }

  /** Looks at the database once, however many ask. */
  refresh(): Promise<KeyRingOfServer> {
    this.refreshing ??= this.load().finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private async load(): Promise<KeyRingOfServer> {
    let keys = await this.store.all();
    if (await this.lookAfter(keys)) keys = await this.store.all();
    const known = JSON.stringify(keys.map(({ kid, retiredAt }) => [kid, retiredAt]));
    if (this.ring && known === this.known) return this.ring;
    const ring = await this.read(keys);
    [this.ring, this.known] = [ring, known];
    return ring;
  }

  /** A key whose time is over does not open, even where the row is still there. */
  private live(ring: KeyRingOfServer): readonly LiveKey[] {
    const now = this.clock.now();
    return ring.live.filter((key) => key.isCurrent || key.notAfter.getTime() > now);
  }

  /** Makes what is missing, replaces what is due, destroys what has served. @returns whether anything changed */
  private async lookAfter(keys: readonly SealedServerKey[]): Promise<boolean> {
    if (this.stopping) return false;
    const now = this.clock.now();
    let changed = false;
    for (const kind of KINDS) {
      const current = keys.find((key) => key.kind === kind && key.retiredAt === null);
      if (!current) {
        await this.store.addFirst(await this.make(kind));
        changed = true;
      } else if (current.notAfter !== null && current.notAfter.getTime() <= now) {
        await this.store.replace(current.kid, await this.make(kind));
        changed = true;
      }
    }
    const over = new Date(now - this.graceMs);
    if (keys.some(({ retiredAt }) => retiredAt !== null && retiredAt <= over)) {
      await this.store.destroyRetired(over);
      changed = true;
    }
    return changed;
  }

  private async make(kind: ServerKeyKind): Promise<SealedServerKey> {
    const { backend } = this;
    const key =
      kind === 'rsa'
        ? await privateKeyFromPkcs8(backend, await backend.generateRsa(this.rsaBits))
        : await privateKeyFromRaw(backend, kind === 'identity' ? 'ed25519' : 'x25519', this.ids.bytes(32));
    const kid = fingerprint(key.publicKey);
    const now = this.clock.now();
    const privateKey = this.sealing.seal(kid, key.pkcs8);
    key.pkcs8.fill(0);
    return {
      kid, kind, publicKey: publicKeyPem(key.publicKey), privateKey, createdAt: new Date(now),
      notAfter: kind === 'identity' ? null : new Date(now + this.rotateMs), retiredAt: null,
    };
  }

  private async read(keys: readonly SealedServerKey[]): Promise<KeyRingOfServer> {
    const live: LiveKey[] = [];
    let identity: KeyRingOfServer['identity'] | null = null;
    let identityPem = '';
    for (const key of keys) {
      const { kid, kind } = key;
      if (kind === 'identity') {
        if (key.retiredAt === null) [identity, identityPem] = [await privateKeyFromPkcs8(this.backend, await this.unsealed(key)), key.publicKey];
        continue;
      }
      const outer = this.imported.get(kid) ?? (await this.import(key));
      const notAfter = key.retiredAt === null ? (key.notAfter ?? key.createdAt) : new Date(key.retiredAt.getTime() + this.graceMs);
      live.push({ kid, kind, publicKey: key.publicKey, suites: suitesFor(kind), outer, createdAt: key.createdAt, notAfter, isCurrent: key.retiredAt === null });
    }
    if (!identity) throw new DomainError('overloaded', { retryAfterSeconds: 1 });
    for (const kid of this.imported.keys()) if (!keys.some((key) => key.kid === kid)) this.imported.delete(kid);
    live.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.notAfter.getTime() - a.notAfter.getTime());
    const times = keys.flatMap(({ createdAt, retiredAt }) => [createdAt.getTime(), retiredAt?.getTime() ?? 0]);
    return { identity, identityPem, live, changedAt: new Date(Math.max(...times)) };
  }

  private async import(key: SealedServerKey): Promise<OuterKey> {
    const pkcs8 = await this.unsealed(key);
    const outer = await OuterKey.import(pkcs8);
    pkcs8.fill(0);
    this.imported.set(key.kid, outer);
    return outer;
  }

  private async unsealed({ kid, privateKey }: SealedServerKey): Promise<Buffer> {
    const opened = this.sealing.open(kid, privateKey);
    if (!opened) throw new Error('a key of the server does not open: ENVELOPE_KEY_ENCRYPTION_KEY is not the one it was sealed with');
    if (opened.isOld) await this.store.reseal(kid, this.sealing.seal(kid, opened.pkcs8));
    return opened.pkcs8;
  }

  private complain(error: unknown): void {
    if (this.stopping || (error instanceof DomainError && error.code === 'overloaded')) return;
    this.logger.error({ context: 'ServerKeys', kind: error instanceof Error ? error.name : typeof error }, 'the keys of the server cannot be read; look at ENVELOPE_KEY_ENCRYPTION_KEY');
  }
}

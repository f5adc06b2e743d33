import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type AccessKind, type AccessRow, type OpenedRow } from '../../storage/own/envelope/access.repository.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BatchLoader } from '../batch-loader.js';
import { type Person } from './person.js';
import { newWireId } from './wire-ids.js';

/** How much a token may bring. */
export interface TokenLimits {
  readonly perMinute: number;
  readonly perDay: number;
  readonly bytesPerDay: number;
  /** deliveries ever; null: no bound */
  readonly messages: number | null;
}

/** What its owner is told of a token. */
export interface TokenInfo {
  readonly wireId: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly acceptAlgorithms: readonly string[] | null;
  readonly limits: TokenLimits;
  readonly useCount: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface IssueTokenCommand {
  readonly owner: Person;
  readonly secretHash: Buffer;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly acceptAlgorithms: readonly string[] | null;
  readonly limits: TokenLimits;
  readonly expiresAt: Date | null;
}

/** Undefined leaves a member as it is. */
export interface TokenChange {
  readonly label?: string | undefined;
  readonly acceptAlgorithms?: readonly string[] | null | undefined;
  readonly limits?: Partial<TokenLimits> | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** A token that opens, with what a delivery needs to know of its owner. */
export interface OpenToken {
  readonly id: Id;
  readonly wireId: string;
  readonly boxId: Id;
  readonly scopes: readonly string[];
  readonly acceptAlgorithms: readonly string[] | null;
  readonly owner: Person;
}

export interface OpenSession {
  readonly wireId: string;
  readonly boxId: Id;
  readonly secretHash: Buffer;
  readonly owner: Person;
}

export interface SessionInfo {
  readonly wireId: string;
  readonly device: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const TOKENS_MAX = 1_000;
const SESSIONS_MAX = 100;

/**
 * Tokens, which let senders deliver, and sessions of owners. Kept as keyed hashes; the secrets are
 * made and hashed by whoever speaks with clients. Nothing is remembered between two requests.
 */
@Injectable()
export class Access {
  private readonly loaders: Readonly<Record<'token' | 'session', BatchLoader<OpenedRow>>>;
  private readonly endings = new Set<(boxId: Id, wireId: string | null) => void>();

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {
    this.loaders = { token: this.loaderOf('token'), session: this.loaderOf('session') };
  }

  /** @throws DomainError quota_exceeded: there are too many */
  async issueToken(command: IssueTokenCommand): Promise<TokenInfo> {
    const { owner, limits } = command;
    const row = await this.add('token', owner, TOKENS_MAX, {
      secretHash: command.secretHash, label: command.label, scopes: command.scopes, details: { acceptAlgorithms: command.acceptAlgorithms },
      usesMax: limits.messages, perMinuteMax: limits.perMinute, perDayMax: limits.perDay, bytesPerDayMax: limits.bytesPerDay, expiresAt: command.expiresAt,
    });
    return {
      wireId: row.wireId, label: command.label, scopes: command.scopes, acceptAlgorithms: command.acceptAlgorithms, limits, useCount: 0,
      createdAt: row.createdAt, lastUsedAt: null, expiresAt: command.expiresAt, revokedAt: null,
    };
  }

  /** Oldest first, with those that ended within the last month. */
  async tokens(owner: Person): Promise<TokenInfo[]> {
    const box = await this.store.ensureMailbox(userBox(owner.id));
    return (await this.store.read((tx) => tx.own.envelope.access.list(box, 'token', null, 2 * TOKENS_MAX))).map(tokenOf);
  }

  /** @returns null when there is no such token, or it has ended: that is for good */
  async changeToken(owner: Person, wireId: string, { label, acceptAlgorithms, limits = {}, expiresAt }: TokenChange): Promise<TokenInfo | null> {
    const box = await this.store.ensureMailbox(userBox(owner.id));
    const change = { label, acceptAlgorithms, expiresAt, usesMax: limits.messages, perMinuteMax: limits.perMinute, perDayMax: limits.perDay, bytesPerDayMax: limits.bytesPerDay };
    const row = await this.store.run((tx) => tx.own.envelope.access.change(box, wireId, new Date(this.clock.now()), change));
    return row && tokenOf(row);
  }

  /** Counts for the very next delivery, in every process. @returns false when there is none to revoke */
  revokeToken(owner: Person, wireId: string): Promise<boolean> {
    return this.revoke(owner, wireId, 'token');
  }

  /**
   * One look into one index, whatever is presented.
   * @returns null for a token that is unknown, has ended, is used up, or whose owner is not there any more
   */
  async openToken(secretHash: Buffer): Promise<OpenToken | null> {
    const row = await this.loaders.token.get(secretHash.toString('hex'));
    const owner = row && this.ownerOf(row);
    if (!row || !owner || (row.uses_max !== null && BigInt(row.uses) >= BigInt(row.uses_max))) return null;
    return { id: row.id, wireId: row.wire_id, boxId: row.box_id, scopes: row.scopes, acceptAlgorithms: row.details.acceptAlgorithms ?? null, owner };
  }

  /** @throws DomainError quota_exceeded: there are too many */
  async issueSession(owner: Person, secretHash: Buffer, device: string, lifetimeMs: number): Promise<SessionInfo> {
    const expiresAt = new Date(this.clock.now() + lifetimeMs);
    const none = { scopes: [], details: {}, usesMax: null, perMinuteMax: null, perDayMax: null, bytesPerDayMax: null };
    const { wireId, createdAt } = await this.add('session', owner, SESSIONS_MAX, { ...none, secretHash, label: device, expiresAt });
    return { wireId, device, createdAt, expiresAt };
  }

  /** Those that are good. */
  async sessions(owner: Person): Promise<SessionInfo[]> {
    const box = await this.store.ensureMailbox(userBox(owner.id));
    const rows = await this.store.read((tx) => tx.own.envelope.access.list(box, 'session', new Date(this.clock.now()), SESSIONS_MAX));
    return rows.map((row) => ({ wireId: row.wire_id, device: row.label, createdAt: row.created_at, expiresAt: row.expires_at! }));
  }

  /** @returns false when there is none to end */
  async endSession(owner: Person, wireId: string): Promise<boolean> {
    const isEnded = await this.revoke(owner, wireId, 'session');
    if (isEnded) for (const listener of this.endings) listener(await this.store.ensureMailbox(userBox(owner.id)), wireId);
    return isEnded;
  }

  /** Tells of sessions that end in this process; those of others are found by asking. @returns ends it */
  onEnded(listener: (boxId: Id, wireId: string | null) => void): () => void {
    this.endings.add(listener);
    return () => this.endings.delete(listener);
  }

  /** @returns null when the session is unknown, has ended, or its owner is not there any more */
  async openSession(secretHash: Buffer): Promise<OpenSession | null> {
    const row = await this.loaders.session.get(secretHash.toString('hex'));
    const owner = row && this.ownerOf(row);
    return row && owner ? { wireId: row.wire_id, boxId: row.box_id, secretHash, owner } : null;
  }

  private async revoke(owner: Person, wireId: string, kind: AccessKind): Promise<boolean> {
    const box = await this.store.ensureMailbox(userBox(owner.id));
    return this.store.run((tx) => tx.own.envelope.access.revoke(box, wireId, kind, new Date(this.clock.now())));
  }

  private async add(kind: 'token' | 'session', owner: Person, max: number, what: NewSecret): Promise<{ wireId: string; createdAt: Date }> {
    const boxId = await this.store.ensureMailbox(userBox(owner.id));
    const createdAt = new Date(this.clock.now());
    const wireId = newWireId(this.ids);
    await this.store.run(async (tx) => {
      const { access, mailbox, people } = tx.own.envelope;
      // held, so that nobody adds beyond the bound or to somebody who leaves
      if (!(await people.hold(owner.id))) throw new DomainError('unauthenticated');
      if ((await access.countLive(boxId, kind, createdAt)) >= max) throw new DomainError('quota_exceeded', { limit: max });
      // a token brings mail only where there are counts to hold it against
      await mailbox.open(boxId);
      await access.add({ ...what, id: this.ids.next(), kind, boxId, wireId, createdAt });
    });
    return { wireId, createdAt };
  }

  private ownerOf(row: OpenedRow): Person | null {
    const now = this.clock.now();
    if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= now)) return null;
    if (row.disabled_at !== null || row.envelope_user_id === null || row.envelope_name === null || row.envelope_keys === null) return null;
    return { id: row.user_id, userId: row.envelope_user_id, name: row.envelope_name, keys: row.envelope_keys, createdAt: row.created_at, disabledAt: null };
  }

  private loaderOf(kind: AccessKind): BatchLoader<OpenedRow> {
    return new BatchLoader(async (hashes) => {
      const rows = await this.store.read((tx) => tx.own.envelope.access.open(kind, hashes.map((hash) => Buffer.from(hash, 'hex'))));
      return new Map(rows.map((row) => [row.secret_hash.toString('hex'), row]));
    });
  }
}

interface NewSecret {
  readonly secretHash: Buffer;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly details: object;
  readonly usesMax: number | null;
  readonly perMinuteMax: number | null;
  readonly perDayMax: number | null;
  readonly bytesPerDayMax: number | null;
  readonly expiresAt: Date | null;
}

function tokenOf(row: AccessRow): TokenInfo {
  return {
    wireId: row.wire_id,
    label: row.label,
    scopes: row.scopes,
    acceptAlgorithms: row.details.acceptAlgorithms ?? null,
    limits: {
      perMinute: row.per_minute_max ?? 0,
      perDay: row.per_day_max ?? 0,
      bytesPerDay: Number(row.bytes_per_day_max ?? 0),
      messages: row.uses_max === null ? null : Number(row.uses_max),
    },
    useCount: Number(row.uses),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

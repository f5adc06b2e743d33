import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type CredentialRow, type NewCredential } from '../../storage/repositories/credentials.repository.js';
import { Store } from '../../storage/store.js';
import { BatchLoader } from '../batch-loader.js';
import { Activity } from './activity.js';
import { type PasswordProof } from './login.js';
import { userBox } from './user.js';

/** Kind of a credential that a password opened. It ends when the password is changed. */
export const SESSION = 'session';

const SECRET_BYTES = 32;
/** A longer text cannot be a secret of ours; hashing it would only cost time. */
const SECRET_CHARACTERS_MAX = 200;

/** What a valid secret lets its holder do. */
export interface Credential {
  readonly id: Id;
  readonly kind: string;
  /** null: not bound to one user */
  readonly userId: Id | null;
  readonly scopes: readonly string[];
  readonly label: string;
}

export interface CredentialInfo extends Credential {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface IssueCommand {
  readonly dialect: string;
  readonly kind: string;
  readonly userId: Id | null;
  /** stands before the secret, so that scanners recognise a leaked one */
  readonly prefix: string;
  readonly label?: string;
  readonly scopes?: readonly string[];
  /** null: until revoked */
  readonly lifetimeSeconds: number | null;
}

/** What was made, with the secret that can never be shown again. */
export interface IssuedCredential {
  readonly id: Id;
  readonly secret: string;
}

/**
 * Keys and tokens of 256 random bits, kept as their SHA-256 only: with that much randomness a
 * slow hash would protect nothing more. A credential of one dialect never opens another.
 */
@Injectable()
export class Credentials {
  private readonly loaders = new Map<string, BatchLoader<CredentialRow>>();

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    private readonly activity: Activity,
  ) {}

  /** @returns the secret, which can never be shown again */
  async issue(command: IssueCommand): Promise<IssuedCredential> {
    const { row, secret } = await this.make(command);
    await this.store.run((tx) => tx.credentials.add(row));
    return { id: row.id, secret };
  }

  /** As issue, for somebody who has just given his password. @returns null when it was changed meanwhile */
  async openSession(command: Omit<IssueCommand, 'kind' | 'userId'> & { readonly proof: PasswordProof }): Promise<IssuedCredential | null> {
    const { userId, hash } = command.proof;
    const { row, secret } = await this.make({ ...command, kind: SESSION, userId });
    const stored = await this.store.run(async (tx) => {
      if (!(await tx.users.holdPassword(userId, hash))) return false;
      await tx.credentials.add(row);
      return true;
    });
    return stored ? { id: row.id, secret } : null;
  }

  /** @returns null when unknown, expired or revoked. Checks that come together share a query. */
  async verify(presented: { readonly dialect: string; readonly secret: string }): Promise<Credential | null> {
    if (presented.secret.length > SECRET_CHARACTERS_MAX) return null;
    const row = await this.loaderOf(presented.dialect).get(hashOf(presented.secret).toString('hex'));
    if (!row) return null;
    this.activity.credential(row.id);
    return { id: row.id, kind: row.kind, userId: row.user_id, scopes: row.scopes, label: row.label };
  }

  /** @returns false when there is none to revoke */
  revoke(dialect: string, id: Id): Promise<boolean> {
    return this.store.run((tx) => tx.credentials.revoke(dialect, id, new Date(this.clock.now())));
  }

  /** @returns false when there is none to revoke */
  revokeSecret(dialect: string, secret: string): Promise<boolean> {
    return this.store.run((tx) => tx.credentials.revokeSecret(dialect, hashOf(secret), new Date(this.clock.now())));
  }

  /** At most 1,000, oldest first. */
  async list(of: { readonly dialect: string; readonly kind?: string }): Promise<CredentialInfo[]> {
    const rows = await this.store.read((tx) => tx.credentials.list(of.dialect, of.kind ?? null));
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      userId: row.user_id,
      scopes: row.scopes,
      label: row.label,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
    }));
  }

  private async make(command: IssueCommand): Promise<{ readonly row: NewCredential; readonly secret: string }> {
    const secret = command.prefix + this.ids.bytes(SECRET_BYTES).toString('base64url');
    const now = this.clock.now();
    const row: NewCredential = {
      id: this.ids.next(),
      dialect: command.dialect,
      kind: command.kind,
      mailboxId: command.userId === null ? null : await this.store.ensureMailbox(userBox(command.userId)),
      secretHash: hashOf(secret),
      label: command.label ?? '',
      scopes: command.scopes ?? [],
      createdAt: new Date(now),
      expiresAt: command.lifetimeSeconds === null ? null : new Date(now + command.lifetimeSeconds * 1000),
    };
    return { row, secret };
  }

  private loaderOf(dialect: string): BatchLoader<CredentialRow> {
    let loader = this.loaders.get(dialect);
    if (!loader) {
      loader = new BatchLoader(async (hashes) => {
        const digests = hashes.map((hash) => Buffer.from(hash, 'hex'));
        const rows = await this.store.read((tx) => tx.credentials.valid(dialect, digests, new Date(this.clock.now())));
        return new Map(rows.map((row) => [row.secret_hash.toString('hex'), row]));
      });
      this.loaders.set(dialect, loader);
    }
    return loader;
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

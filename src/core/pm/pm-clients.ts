import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { constantTimeEqual } from '../../crypto/constant-time.js';
import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type PmClientRow } from '../../storage/own/pm/clients.repository.js';
import { Store } from '../../storage/store.js';
import { Credentials } from '../accounts/credentials.js';

const ID_BYTES = 16;
const CLIENT_ID = new RegExp(`^[0-9a-f]{${2 * ID_BYTES}}$`);
const SECRET_BYTES = 32;
/** Stands before client secrets, so that scanners recognise a leaked one. */
const SECRET_PREFIX = 'pppmcs_';

/** How an application may come to tokens. */
export type PmGrantType = 'password' | 'refresh_token' | 'authorization_code';

/** An application that may ask for tokens on behalf of users. */
export interface PmClientInfo {
  readonly id: string;
  readonly name: string;
  /** false: it runs where a secret cannot be kept, and proves itself by PKCE alone */
  readonly hasSecret: boolean;
  readonly redirectUris: readonly string[];
  readonly grants: readonly PmGrantType[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface NewPmClient {
  readonly name: string;
  readonly confidential: boolean;
  /** where authorization codes may be sent: whole addresses, compared letter by letter */
  readonly redirectUris: readonly string[];
  readonly grants: readonly PmGrantType[];
}

/** Applications of PM. An operator makes them; nobody registers himself. */
@Injectable()
export class PmClients {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    private readonly credentials: Credentials,
  ) {}

  /** @returns the id, and for a confidential client the secret, which can never be shown again */
  async create(command: NewPmClient): Promise<{ readonly id: string; readonly secret: string | null }> {
    const id = this.ids.bytes(ID_BYTES).toString('hex');
    const secret = command.confidential ? SECRET_PREFIX + this.ids.bytes(SECRET_BYTES).toString('base64url') : null;
    await this.store.run((tx) =>
      tx.own.pm.clients.add({
        id,
        name: command.name,
        secret_hash: secret === null ? null : hashOf(secret),
        redirect_uris: [...command.redirectUris],
        grants: [...command.grants],
        created_at: new Date(this.clock.now()),
      }),
    );
    return { id, secret };
  }

  /** @returns null when unknown or revoked */
  async find(id: string): Promise<PmClientInfo | null> {
    const row = await this.rowOf(id);
    return row && infoOf(row);
  }

  /**
   * Checks who asks for tokens. A client that has a secret must give it; one that has none must
   * not seem to have one.
   * @returns null when unknown or revoked, or when the secret is wrong
   */
  async authenticate(id: string, secret: string | undefined): Promise<PmClientInfo | null> {
    const row = await this.rowOf(id);
    const given = hashOf(secret ?? '');
    // the same work whatever is known of the client
    const right = constantTimeEqual(given, row?.secret_hash ?? hashOf(''));
    if (!row) return null;
    if (row.secret_hash === null) return secret === undefined || secret === '' ? infoOf(row) : null;
    return right ? infoOf(row) : null;
  }

  /** Oldest first, at most 1,000, revoked ones included. */
  async list(): Promise<PmClientInfo[]> {
    return (await this.store.read((tx) => tx.own.pm.clients.list())).map(infoOf);
  }

  /**
   * Ends a client and every token it was given.
   * @param dialect the name its access tokens were issued under
   * @returns false when there is none to revoke
   */
  async revoke(dialect: string, id: string): Promise<boolean> {
    const at = new Date(this.clock.now());
    const access = await this.store.run(async (tx) => ((await tx.own.pm.clients.revoke(id, at)) ? tx.own.pm.grants.removeOfClient(id) : null));
    for (const token of access ?? []) await this.credentials.revoke(dialect, token);
    return access !== null;
  }

  /** The database is asked for what can be the id of a client; a text of another form it may not even read. */
  private async rowOf(id: string): Promise<PmClientRow | null> {
    return CLIENT_ID.test(id) ? this.store.read((tx) => tx.own.pm.clients.get(id)) : null;
  }
}

function infoOf(row: PmClientRow): PmClientInfo {
  return {
    id: row.id,
    name: row.name,
    hasSecret: row.secret_hash !== null,
    redirectUris: row.redirect_uris,
    grants: row.grants as PmGrantType[],
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

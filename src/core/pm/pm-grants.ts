import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type PmGrantRow } from '../../storage/own/pm/grants.repository.js';
import { Store } from '../../storage/store.js';
import { type Credential, Credentials, SESSION } from '../accounts/credentials.js';
import { type PasswordProof } from '../accounts/login.js';
import { userBox } from '../accounts/user.js';

const SECRET_BYTES = 32;
const SECRET_CHARACTERS_MAX = 200;
/** Stand before secrets, so that scanners recognise a leaked one. */
const PREFIXES = { refresh: 'pppmr_', code: 'pppmc_' } as const;

/** A refresh token or an authorization code that may be used now. */
export interface PmGrant {
  readonly ownerBox: Id;
  readonly id: Id;
  readonly familyId: Id;
  readonly userId: Id;
  readonly clientId: string;
  readonly redirectUri: string | null;
  readonly challenge: string | null;
}

export interface NewTokens {
  readonly clientId: string;
  /** what they are made from: a code or refresh token that was spent for them, or a password */
  readonly of: PmGrant | PasswordProof;
  readonly access: { readonly dialect: string; readonly prefix: string; readonly lifetimeSeconds: number };
  readonly refreshLifetimeSeconds: number;
}

/**
 * What tokens are made from. Each refresh token and each code serves once. One that comes again
 * is known to two parties, and nobody can tell which of them is right: every token of its family,
 * which is everything that came of one sign-in, ends.
 */
@Injectable()
export class PmGrants {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    private readonly credentials: Credentials,
  ) {}

  /** @returns an authorization code, which is shown once; null when the password was changed meanwhile */
  async issueCode(command: {
    readonly proof: PasswordProof;
    readonly clientId: string;
    readonly redirectUri: string;
    readonly challenge: string | null;
    readonly lifetimeSeconds: number;
  }): Promise<string | null> {
    const { proof } = command;
    const secret = this.secret('code');
    const ownerBox = await this.store.ensureMailbox(userBox(proof.userId));
    const id = this.ids.next();
    const stored = await this.store.run(async (tx) => {
      if (!(await tx.users.holdPassword(proof.userId, proof.hash))) return false;
      await tx.own.pm.grants.add({
        ...this.row('code', secret, command.lifetimeSeconds),
        owner_id: ownerBox,
        id,
        family_id: id,
        client_id: command.clientId,
        access_id: null,
        redirect_uri: command.redirectUri,
        challenge: command.challenge,
      });
      return true;
    });
    return stored ? secret : null;
  }

  /**
   * @param dialect the name that access tokens were issued under
   * @returns null when unknown, expired or spent; a spent one ends its family
   */
  async find(dialect: string, kind: PmGrantRow['kind'], secret: string): Promise<PmGrant | null> {
    const row = await this.lookUp(kind, secret);
    if (!row) return null;
    const grant = grantOf(row);
    if (row.spent_at === null) return grant;
    await this.endFamily(dialect, grant);
    return null;
  }

  /** Uses it up. @returns false when another request was faster, which ends the family */
  async spend(dialect: string, grant: PmGrant): Promise<boolean> {
    const at = new Date(this.clock.now());
    const spent = await this.store.run((tx) => tx.own.pm.grants.spend(grant.ownerBox, grant.id, at));
    if (!spent) await this.endFamily(dialect, grant);
    return spent;
  }

  /**
   * Makes an access token and a refresh token.
   * @returns null when the family they would belong to has ended meanwhile, or the password was changed
   */
  async issueTokens(command: NewTokens): Promise<{ readonly accessToken: string; readonly refreshToken: string } | null> {
    const { clientId, of, access } = command;
    const ownerBox = await this.store.ensureMailbox(userBox(of.userId));
    const token = await this.credentials.issue({ ...access, kind: SESSION, userId: of.userId, label: clientId });
    const refreshToken = this.secret('refresh');
    const id = this.ids.next();
    const stored = await this.store.run(async (tx) => {
      // whoever ends the family, or changes the password, waits for this, or has been before
      const good = isGrant(of) ? await tx.own.pm.grants.hold(of.ownerBox, of.id) : await tx.users.holdPassword(of.userId, of.hash);
      if (!good) return false;
      await tx.own.pm.grants.add({
        ...this.row('refresh', refreshToken, command.refreshLifetimeSeconds),
        owner_id: ownerBox,
        id,
        family_id: isGrant(of) ? of.familyId : id,
        client_id: clientId,
        access_id: token.id,
        redirect_uri: null,
        challenge: null,
      });
      return true;
    });
    if (stored) return { accessToken: token.secret, refreshToken };
    await this.credentials.revoke(access.dialect, token.id);
    return null;
  }

  /**
   * Ends a token for the client it was given to: of a refresh token the whole family, of an
   * access token that one. Others' and unknown ones are left alone.
   */
  async revoke(dialect: string, clientId: string, secret: string): Promise<void> {
    const row = await this.lookUp('refresh', secret);
    if (row) {
      if (row.client_id === clientId) await this.endFamily(dialect, grantOf(row));
      return;
    }
    const credential: Credential | null = await this.credentials.verify({ dialect, secret });
    if (credential !== null && credential.label === clientId) await this.credentials.revoke(dialect, credential.id);
  }

  private async endFamily(dialect: string, grant: PmGrant): Promise<void> {
    const access = await this.store.run((tx) => tx.own.pm.grants.removeFamily(grant.ownerBox, grant.familyId));
    for (const id of access) await this.credentials.revoke(dialect, id);
  }

  private async lookUp(kind: PmGrantRow['kind'], secret: string): Promise<(PmGrantRow & { readonly user_id: Id }) | null> {
    if (secret.length > SECRET_CHARACTERS_MAX) return null;
    return this.store.read((tx) => tx.own.pm.grants.find(kind, hashOf(secret), new Date(this.clock.now())));
  }

  private secret(kind: PmGrantRow['kind']): string {
    return PREFIXES[kind] + this.ids.bytes(SECRET_BYTES).toString('base64url');
  }

  private row(kind: PmGrantRow['kind'], secret: string, lifetimeSeconds: number): Pick<PmGrantRow, 'kind' | 'secret_hash' | 'created_at' | 'expires_at'> {
    const now = this.clock.now();
    return { kind, secret_hash: hashOf(secret), created_at: new Date(now), expires_at: new Date(now + lifetimeSeconds * 1000) };
  }
}

function isGrant(of: NewTokens['of']): of is PmGrant {
  return 'familyId' in of;
}

function grantOf(row: PmGrantRow & { readonly user_id: Id }): PmGrant {
  return {
    ownerBox: row.owner_id,
    id: row.id,
    familyId: row.family_id,
    userId: row.user_id,
    clientId: row.client_id,
    redirectUri: row.redirect_uri,
    challenge: row.challenge,
  };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

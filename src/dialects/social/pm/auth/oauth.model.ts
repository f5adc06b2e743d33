import OAuth2Server, { type AuthorizationCode, type Client, type Falsey, type RefreshToken, type Token } from '@node-oauth/oauth2-server';
import { type PasswordProof } from '../../../../core/accounts/login.js';
import { type User } from '../../../../core/accounts/user.js';
import { type PmClients } from '../../../../core/pm/pm-clients.js';
import { type PmGrant, type PmGrants } from '../../../../core/pm/pm-grants.js';
import { type Id } from '../../../../kernel/id-source.js';
import { ACCESS_PREFIX, CREDENTIALS } from './token-kinds.js';

/** Every token may do everything its user may; the words are those clients expect. */
export const SCOPE: readonly string[] = ['read', 'write'];
/** How a code challenge was made; the other way of the standard protects nothing. */
const CHALLENGE_METHOD = 'S256';
/** Whether something has expired was decided by our own clock when it was found. */
const STILL_GOOD = new Date(8.64e15);

/** What the library carries from one step to the next in place of a user. */
interface Owner {
  readonly id: Id;
  /** what tokens are made from */
  readonly of: PmGrant | PasswordProof;
}

/** Who there is. */
interface People {
  byPassword(name: string, password: string): Promise<PasswordProof | null>;
  byId(id: Id): Promise<User | null>;
}

/** What the protocol needs to know of clients, users and tokens, during one request. */
export class OAuthModel {
  constructor(
    private readonly clients: PmClients,
    private readonly grants: PmGrants,
    private readonly people: People,
    private readonly lifetimes: { readonly accessSeconds: number; readonly refreshSeconds: number },
  ) {}

  /** @param secret undefined where none was given */
  async getClient(id: string, secret: string | undefined): Promise<Client | Falsey> {
    const client = await this.clients.authenticate(id, secret);
    return client && { id: client.id, grants: [...client.grants] };
  }

  async getUser(name: string, password: string): Promise<Owner | Falsey> {
    const proof = await this.people.byPassword(name, password);
    return proof && { id: proof.userId, of: proof };
  }

  validateScope(_user: Owner, _client: Client, asked?: readonly string[]): Promise<string[] | Falsey> {
    const fits = asked === undefined || (asked.length === SCOPE.length && SCOPE.every((word) => asked.includes(word)));
    return Promise.resolve(fits ? [...SCOPE] : null);
  }

  // the store makes the secrets when it stores them; what stands here never leaves
  generateAccessToken(): Promise<string> {
    return Promise.resolve('-');
  }

  generateRefreshToken(): Promise<string> {
    return Promise.resolve('-');
  }

  async saveToken(token: Token, client: Client, owner: Owner): Promise<Token> {
    const issued = await this.grants.issueTokens({
      clientId: client.id,
      of: owner.of,
      access: { dialect: CREDENTIALS, prefix: ACCESS_PREFIX, lifetimeSeconds: this.lifetimes.accessSeconds },
      refreshLifetimeSeconds: this.lifetimes.refreshSeconds,
    });
    if (issued === null) throw new OAuth2Server.InvalidGrantError('Invalid grant: it has ended');
    return { ...token, ...issued, scope: [...SCOPE], client, user: owner };
  }

  async getRefreshToken(secret: string): Promise<RefreshToken | Falsey> {
    const grant = await this.find('refresh', secret);
    return grant && { refreshToken: secret, scope: [...SCOPE], client: { id: grant.clientId, grants: [] }, user: { id: grant.userId, of: grant } };
  }

  revokeToken({ user }: RefreshToken): Promise<boolean> {
    return this.spend(user as Owner);
  }

  async getAuthorizationCode(secret: string): Promise<AuthorizationCode | Falsey> {
    const grant = await this.find('code', secret);
    return (
      grant && {
        authorizationCode: secret,
        expiresAt: STILL_GOOD,
        redirectUri: grant.redirectUri ?? '',
        scope: [...SCOPE],
        client: { id: grant.clientId, grants: [] },
        user: { id: grant.userId, of: grant },
        ...(grant.challenge === null ? {} : { codeChallenge: grant.challenge, codeChallengeMethod: CHALLENGE_METHOD }),
      }
    );
  }

  revokeAuthorizationCode({ user }: AuthorizationCode): Promise<boolean> {
    return this.spend(user as Owner);
  }

  /** @returns null also where the account has gone since, or was switched off */
  private async find(kind: 'refresh' | 'code', secret: string): Promise<PmGrant | null> {
    const grant = await this.grants.find(CREDENTIALS, kind, secret);
    const user = grant && (await this.people.byId(grant.userId));
    return user !== null && user.disabledAt === null ? grant : null;
  }

  private spend({ of }: Owner): Promise<boolean> {
    return 'familyId' in of ? this.grants.spend(CREDENTIALS, of) : Promise.resolve(false);
  }
}

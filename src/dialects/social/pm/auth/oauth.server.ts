import { Inject, Injectable } from '@nestjs/common';
import OAuth2Server, { type AuthorizationCodeModel, type PasswordModel, type RefreshTokenModel } from '@node-oauth/oauth2-server';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { Users } from '../../../../core/accounts/users.js';
import { PmClients } from '../../../../core/pm/pm-clients.js';
import { PmGrants } from '../../../../core/pm/pm-grants.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { type Id } from '../../../../kernel/id-source.js';
import { PmVariables } from '../pm.config.js';
import { bodyOf } from '../pm.query.js';
import { RATES } from '../pm.rates.js';
import { OAuthFault, toOAuthFault } from './oauth-errors.js';
import { OAuthModel } from './oauth.model.js';
import { PasswordGate } from './password-gate.js';
import { CREDENTIALS } from './token-kinds.js';

/** Grants there are. The implicit one is not. */
const GRANTS: readonly string[] = ['password', 'refresh_token', 'authorization_code'];
const FORM = 'application/x-www-form-urlencoded';

/** What a token request is answered with. */
export type TokenAnswer = Readonly<Record<string, unknown>>;

/**
 * Hands out tokens. The protocol of RFC 6749 and RFC 7636 is the library's; what it asks of
 * clients, users and tokens is answered by an OAuthModel, one for each request.
 */
@Injectable()
export class OAuthServer {
  private readonly accessSeconds: number;
  private readonly refreshSeconds: number;

  constructor(
    @Inject(Config) config: Config,
    @Inject(PmClients) private readonly clients: PmClients,
    @Inject(PmGrants) private readonly grants: PmGrants,
    @Inject(Users) private readonly users: Users,
    @Inject(PasswordGate) private readonly passwords: PasswordGate,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {
    ({ PM_ACCESS_TOKEN_TTL: this.accessSeconds, PM_REFRESH_TOKEN_TTL: this.refreshSeconds } = config.section(PmVariables));
  }

  /** Answers a token request. @throws OAuthFault; DomainError rate_limited, overloaded */
  async token(request: Request): Promise<TokenAnswer> {
    const { grant_type: type } = textsOf(request);
    if (type === undefined) throw new OAuthFault('invalid_request', 'Missing parameter: grant_type');
    if (!GRANTS.includes(type)) throw new OAuthFault('unsupported_grant_type', 'Unknown grant_type');
    const response = new OAuth2Server.Response();
    try {
      await this.serverFor(request).token(asked(request), response);
    } catch (error) {
      const fault = toOAuthFault(error);
      if (fault instanceof OAuthFault && fault.word === 'invalid_client') this.penalise(request);
      throw fault;
    }
    // the library counts down from when it began
    return { ...(response.body as TokenAnswer), expires_in: this.accessSeconds };
  }

  /**
   * Ends a token for the client it was given to. What is unknown, or somebody else's, is left alone.
   * @throws OAuthFault invalid_request, invalid_client; DomainError rate_limited
   */
  async revoke(request: Request): Promise<void> {
    const { client_id: id, client_secret: secret, token } = textsOf(request);
    if (token === undefined) throw new OAuthFault('invalid_request', 'Missing parameter: token');
    const client = id === undefined ? null : await this.clients.authenticate(id, secret);
    if (client === null) {
      this.penalise(request);
      throw new OAuthFault('invalid_client', 'Client authentication failed');
    }
    await this.grants.revoke(CREDENTIALS, client.id, token);
  }

  private penalise(request: Request): void {
    this.limiter.take('pm.oauth_client', clientKey(request), RATES['pm.oauth_client']);
  }

  private serverFor(request: Request): OAuth2Server {
    const { accessSeconds, refreshSeconds } = this;
    const people = {
      byPassword: (name: string, password: string) => this.passwords.check(request, name, password),
      byId: (id: Id) => this.users.byId(id),
    };
    const model = new OAuthModel(this.clients, this.grants, people, { accessSeconds, refreshSeconds });
    return new OAuth2Server({
      // the type asks for more than handing out tokens needs
      model: model as unknown as AuthorizationCodeModel & PasswordModel & RefreshTokenModel,
      accessTokenLifetime: accessSeconds,
      refreshTokenLifetime: refreshSeconds,
      // a client that has a secret has to give it all the same: the model sees to it
      requireClientAuthentication: { password: false, refresh_token: false, authorization_code: false },
      alwaysIssueNewRefreshToken: true,
    });
  }
}

/** The library reads no more of a request than this; the body was read as a form, or as JSON that stands for one. */
function asked(request: Request): OAuth2Server.Request {
  const headers: Record<string, string> = { 'content-type': FORM, 'content-length': '1' };
  if (request.headers.authorization !== undefined) headers.authorization = request.headers.authorization;
  return new OAuth2Server.Request({ method: request.method, headers, query: {}, body: textsOf(request) });
}

/** @returns the members of a body that are texts and not empty */
export function textsOf(request: Request): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(bodyOf(request)).filter(([, value]) => typeof value === 'string' && value !== '');
  return Object.fromEntries(entries) as Record<string, string>;
}

import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../config/config.js';
import { Access, type OpenSession, type OpenToken } from '../../core/envelope/access.js';
import { clientKey } from '../../http/client-address.js';
import { RateLimiter } from '../../http/rate-limiter.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type IdSource } from '../../kernel/id-source.js';
import { ID_SOURCE } from '../../kernel/tokens.js';
import { EnvelopeVariables } from './envelope.config.js';
import { RATES } from './envelope.rates.js';
import { AccessSecrets } from './envelope.secrets.js';

/** A longer text cannot be a secret of ours. */
const AUTHORIZATION = /^(Bearer|Token) +([\x21-\x7e]{1,512})$/i;

/** Sessions and tokens of requests, and how often one client may do what costs or harms. */
@Injectable()
export class EnvelopeGate {
  readonly secrets: AccessSecrets;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Access) private readonly access: Access,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(ID_SOURCE) ids: IdSource,
  ) {
    this.secrets = new AccessSecrets(config.section(EnvelopeVariables), ids);
  }

  /** @throws DomainError unauthenticated; rate_limited for a client that offers too many wrong ones */
  async session(request: Request): Promise<OpenSession> {
    const secret = given(request, 'bearer');
    const session = secret === null ? null : await this.access.openSession(this.secrets.hash('session', secret));
    if (session) return session;
    if (secret !== null) this.take('envelope.bad_session', request);
    throw new DomainError('unauthenticated');
  }

  /** @returns the token of `Authorization: Token`, null when none is given or it opens nothing @throws DomainError rate_limited */
  async token(request: Request): Promise<OpenToken | null> {
    const secret = given(request, 'token');
    if (secret === null) return null;
    const token = await this.openToken(secret);
    if (!token) this.take('envelope.bad_token', request);
    return token;
  }

  /** @returns null for one that opens nothing, whatever the reason */
  openToken(secret: string): Promise<OpenToken | null> {
    return this.access.openToken(this.secrets.hash('token', secret));
  }

  /** @throws DomainError rate_limited: too many deliveries, or too many that failed */
  admitDelivery(request: Request): void {
    this.limiter.check('envelope.failed', clientKey(request), RATES['envelope.failed']);
    this.take('envelope.deliver', request);
  }

  /** Counts a delivery that was refused: by client address, never by recipient. */
  noteFailure(request: Request): void {
    this.limiter.penalise('envelope.failed', clientKey(request), RATES['envelope.failed']);
  }

  /** @throws DomainError rate_limited */
  take(name: keyof typeof RATES, request: Request): void {
    this.limiter.take(name, clientKey(request), RATES[name]);
  }
}

function given(request: Request, scheme: 'bearer' | 'token'): string | null {
  const [, found, secret] = AUTHORIZATION.exec(request.headers.authorization ?? '') ?? [];
  return found?.toLowerCase() === scheme && secret !== undefined ? secret : null;
}

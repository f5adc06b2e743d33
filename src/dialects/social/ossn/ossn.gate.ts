import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { type RateLimit } from '../../../config/setting-types.js';
import { Activity } from '../../../core/accounts/activity.js';
import { Credentials } from '../../../core/accounts/credentials.js';
import { constantTimeEqual } from '../../../crypto/constant-time.js';
import { sha256 } from '../../../crypto/digests.js';
import { clientKey } from '../../../http/client-address.js';
import { RateLimiter } from '../../../http/rate-limiter.js';
import { type Id } from '../../../kernel/id-source.js';
import { OssnVariables } from './ossn.config.js';
import { CREDENTIALS, KEY_KINDS } from './ossn.credentials.js';
import { OssnFault } from './ossn.faults.js';
import { idOrNull } from './ossn.ids.js';
import { type Operation, operationKey, OPERATIONS } from './ossn.operations.js';
import { type Parameters } from './ossn.parameters.js';

const KEY_PARAMETER = 'api_key_token';
const BAD_KEY: RateLimit = { count: 60, seconds: 60 };

/** Who calls, as his key says. */
export interface Caller {
  /** the user the key is bound to; null: it may act for every user */
  readonly userId: Id | null;
  /** operations the key is limited to; empty: none is refused */
  readonly operations: readonly string[];
}

/** A key that is limited to operations fetches files where it may read their messages. */
const READING: readonly string[] = [
  OPERATIONS.messageList, OPERATIONS.messageListV1, OPERATIONS.messageNew, OPERATIONS.messageNewV1, OPERATIONS.messageRecent,
].map(operationKey);

const SITE: Caller = { userId: null, operations: [] };

/** Checks keys, and what a key may do. */
@Injectable()
export class OssnGate {
  private readonly siteKeys: readonly Buffer[];

  constructor(
    @Inject(Config) config: Config,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(Activity) private readonly activity: Activity,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {
    const { OSSN_SITE_KEY, OSSN_SITE_KEY_PREVIOUS } = config.section(OssnVariables);
    this.siteKeys = [OSSN_SITE_KEY, ...OSSN_SITE_KEY_PREVIOUS].map((key) => sha256(key));
  }

  /**
   * Lets a call in, or not.
   * @throws OssnFault key_invalid; DomainError rate_limited for a client that offers wrong keys again and again
   */
  async admit(parameters: Parameters, request: Request, operation: Operation): Promise<Caller> {
    const caller = await this.callerOf(keyOf(parameters, request));
    if (caller === null) {
      this.limiter.take('ossn.bad_key', clientKey(request), BAD_KEY);
      throw new OssnFault('key_invalid');
    }
    if (!mayCall(caller, operation, parameters)) throw new OssnFault('key_invalid');
    if (caller.userId !== null) this.activity.user(caller.userId);
    return caller;
  }

  /**
   * Whether what is known of a call so far, while its body is still coming in, already rules it out.
   * @throws OssnFault key_invalid when a key was given and is wrong; DomainError rate_limited
   */
  async refuseWrongKey(parameters: Parameters, request: Request): Promise<void> {
    const key = keyOf(parameters, request);
    if (key === undefined || (await this.callerOf(key)) !== null) return;
    this.limiter.take('ossn.bad_key', clientKey(request), BAD_KEY);
    throw new OssnFault('key_invalid');
  }

  /** @returns whose key a request for a file carries, null where it carries none that may read messages */
  async fileReader(query: Parameters, request: Request): Promise<Caller | null> {
    const key = keyOf(query, request);
    if (key === undefined) return null;
    this.limiter.check('ossn.bad_key', clientKey(request), BAD_KEY);
    const caller = await this.callerOf(key);
    if (caller === null) this.limiter.penalise('ossn.bad_key', clientKey(request), BAD_KEY);
    return caller !== null && mayRead(caller) ? caller : null;
  }

  /** @returns whose key it is, null where it opens nothing */
  private async callerOf(key: string | undefined): Promise<Caller | null> {
    if (key === undefined || key === '') return null;
    if (this.isSiteKey(key)) return SITE;
    const credential = await this.credentials.verify({ dialect: CREDENTIALS, secret: key });
    if (credential === null) return null;
    if (credential.kind === KEY_KINDS.site) return { userId: null, operations: credential.scopes };
    if (credential.kind === KEY_KINDS.user && credential.userId !== null) {
      return { userId: credential.userId, operations: credential.scopes };
    }
    return null;
  }

  private isSiteKey(key: string): boolean {
    const digest = sha256(key);
    let fits = false;
    for (const known of this.siteKeys) {
      const equal = constantTimeEqual(digest, known);
      fits = fits || equal;
    }
    return fits;
  }
}

/** @returns the key as given: the parameter, or where there is none the header; undefined where neither is */
export function keyOf(parameters: Parameters, request: Request): string | undefined {
  const given = parameters.text(KEY_PARAMETER);
  if (given !== undefined && given !== '') return given;
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization?.trim() ?? '')?.[1];
}

function mayCall(caller: Caller, operation: Operation, parameters: Parameters): boolean {
  if (caller.operations.length > 0 && !caller.operations.includes(operationKey(operation))) return false;
  if (caller.userId === null) return true;
  if (operation.siteOnly) return false;
  return operation.actsFor === null || idOrNull(parameters.text(operation.actsFor)) === caller.userId;
}

function mayRead({ operations }: Caller): boolean {
  return operations.length === 0 || operations.some((key) => READING.includes(key));
}

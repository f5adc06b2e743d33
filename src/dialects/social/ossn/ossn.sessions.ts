import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { Credentials } from '../../../core/accounts/credentials.js';
import { type PasswordProof } from '../../../core/accounts/login.js';
import { type Id } from '../../../kernel/id-source.js';
import { CREDENTIALS, KEY_KINDS } from './ossn.credentials.js';
import { baseUrl } from './ossn.envelope.js';

const COOKIE = 'ossn_session';
const SECRET = /^[A-Za-z0-9_-]{43}$/;
/** The cookie itself ends with the browser. */
const LIFETIME_SECONDS = 7 * 24 * 60 * 60;

/** Sessions of users who logged in. They open the files of their messages and nothing else. */
@Injectable()
export class OssnSessions {
  private readonly attributes: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Credentials) private readonly credentials: Credentials,
  ) {
    const secure = baseUrl(config).startsWith('https:') ? '; Secure' : '';
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${secure}`;
  }

  /** Starts a session and hands it out as a cookie. @returns false when the password was changed meanwhile */
  async start(proof: PasswordProof, response: Response): Promise<boolean> {
    const session = await this.credentials.openSession({ dialect: CREDENTIALS, proof, prefix: '', lifetimeSeconds: LIFETIME_SECONDS });
    if (session === null) return false;
    response.setHeader('Set-Cookie', `${COOKIE}=${session.secret}; ${this.attributes}`);
    return true;
  }

  /** @returns the user of the session, null where there is none */
  async userOf(request: Request): Promise<Id | null> {
    const secret = cookieOf(request);
    if (secret === null) return null;
    const credential = await this.credentials.verify({ dialect: CREDENTIALS, secret });
    return credential?.kind === KEY_KINDS.session ? credential.userId : null;
  }
}

function cookieOf(request: Request): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (name === COOKIE && SECRET.test(value)) return value;
  }
  return null;
}

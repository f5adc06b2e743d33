import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { framed } from '../../crypto/keyed-hash.js';
import { RotatingSecret } from '../../crypto/rotating-secret.js';
import { type Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../kernel/tokens.js';

const DOMAIN = 'polypost/file-url/v1';
const EXPIRY = /^\d{1,11}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;

/** What an address opens: one file, in one role. */
export interface FileTarget {
  /** whose file it is and as what, e.g. `ossn/attachment`; an address of one kind opens no other */
  readonly kind: string;
  /** the name of the file in its addresses */
  readonly id: string;
}

/**
 * Addresses that open one file for a while without any login, so that pictures show wherever the
 * address is put: an expiry time and a keyed hash over it and the file.
 */
@Injectable()
export class FileCapability {
  private readonly secret: RotatingSecret;

  constructor(
    config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const { FILE_URL_SECRET, FILE_URL_SECRET_PREVIOUS } = config.house;
    this.secret = new RotatingSecret(Buffer.from(FILE_URL_SECRET), FILE_URL_SECRET_PREVIOUS.map((value) => Buffer.from(value)));
  }

  /**
   * @param lifetimeSeconds from now
   * @returns the query of the address, without its question mark: `e=…&s=…`
   */
  sign(target: FileTarget, lifetimeSeconds: number): string {
    const expiry = String(Math.ceil(this.clock.now() / 1000 + lifetimeSeconds));
    return `e=${expiry}&s=${this.secret.mac(DOMAIN, framed(target.kind, target.id, expiry)).toString('base64url')}`;
  }

  /**
   * @param query as parsed; anything may stand in it
   * @returns whether it opens the file now; the time taken tells nothing about the signature
   */
  opens(target: FileTarget, query: { readonly e?: unknown; readonly s?: unknown }): boolean {
    const { e: expiry, s: signature } = query;
    if (typeof expiry !== 'string' || !EXPIRY.test(expiry)) return false;
    if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return false;
    const genuine = this.secret.verify(Buffer.from(signature, 'base64url'), DOMAIN, framed(target.kind, target.id, expiry));
    return genuine && Number(expiry) * 1000 > this.clock.now();
  }
}

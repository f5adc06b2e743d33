import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { keyedHash } from './keyed-hash.js';

/** What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The public half as RFC 8037 writes it. */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** A pair of keys for signatures that others can check. The same secret always makes the same pair. */
export class SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;

  /**
   * @param secret 32 bytes or more
   * @param domain what the key is for; keeps uses of one secret apart
   */
  constructor(secret: Buffer, domain: string) {
    const seed = keyedHash(secret, domain);
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.privateKey);
    const x = this.publicKey.export({ format: 'jwk' }).x ?? '';
    this.jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint(x), alg: 'EdDSA', use: 'sig' };
  }

  /** Tells keys apart: the thumbprint of RFC 7638. */
  get kid(): string {
    return this.jwk.kid;
  }
}

function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

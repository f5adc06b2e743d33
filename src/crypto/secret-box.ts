import { Inject, Injectable } from '@nestjs/common';
import { type IdSource } from '../kernel/id-source.js';
import { ID_SOURCE } from '../kernel/tokens.js';
import { decrypt, encrypt, NONCE_BYTES, secretKey } from './aead.js';

/** AES-256-GCM under a key both sides have, for small records. */
@Injectable()
export class SecretBox {
  constructor(@Inject(ID_SOURCE) private readonly ids: IdSource) {}

  /**
   * @param key 32 bytes
   * @param context what the record belongs to; opening needs the same bytes
   */
  seal(key: Buffer, context: Buffer, clear: Buffer): Buffer {
    return Buffer.concat(encrypt(secretKey(key), this.ids.bytes(NONCE_BYTES), context, clear));
  }

  /** @throws CryptoFailure when a byte of anything differs */
  open(key: Buffer, context: Buffer, sealed: Buffer): Buffer {
    return decrypt(secretKey(key), sealed, context);
  }
}

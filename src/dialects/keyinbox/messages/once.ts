import { Inject, Injectable } from '@nestjs/common';
import { type SendMessageCommand } from '../../../core/messaging/send-message.js';
import { CryptoFailure } from '../../../crypto/crypto-failure.js';
import { framed } from '../../../crypto/keyed-hash.js';
import { SecretBox } from '../../../crypto/secret-box.js';
import { KeyInboxKeys } from '../keyinbox.keys.js';
import { type SendRequest } from '../keyinbox.parse.js';
import { SPACE } from '../keyinbox.space.js';

const KEY_DOMAIN = 'polypost/keyinbox/once-key/v1';
const DIGEST_DOMAIN = 'polypost/keyinbox/once-digest/v1';
const RESULT_DOMAIN = 'polypost/keyinbox/once-result/v1';
const LIFETIME_SECONDS = 24 * 60 * 60;

/** What of the first answer cannot be worked out again from the request. */
export interface FirstAnswer {
  readonly id: string;
  readonly length: number;
}

/** One send under an Idempotency-Key. */
export interface Once {
  /** @returns what the store keeps beside the message */
  command(answer: FirstAnswer): NonNullable<SendMessageCommand['once']>;
  /** @returns the answer the first send got. @throws CryptoFailure */
  firstAnswer(stored: Buffer | null): FirstAnswer;
}

/**
 * Makes sending repeatable without a second message. The store learns hashes only, and the kept
 * answer opens with the same request alone: neither dump nor settings link a key to a message id.
 */
@Injectable()
export class OnceKeeper {
  constructor(
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  /**
   * @param header the Idempotency-Key. Each sender has his own; without a private key each
   *   recipient has, so that strangers with the same habits do not meet
   * @param request the whole of it makes the digest; the private key takes part so that guessing
   *   the text of a stored digest needs more than the server's settings
   */
  for(header: string, { sender, recipient, text }: SendRequest): Once {
    const owner = sender === null ? framed('to', recipient.raw) : framed('from', sender.publicKey.raw);
    const key = this.keys.lookupHash(KEY_DOMAIN, framed(header, owner)).toString('base64url');
    const whole = framed(header, sender?.seed ?? '', recipient.raw, text.content, text.subject);
    const digest = this.keys.lookupHash(DIGEST_DOMAIN, whole);
    const resultKey = this.keys.lookupHash(RESULT_DOMAIN, whole);
    return {
      command: (answer) => ({
        scope: SPACE,
        key,
        digest,
        result: this.box.seal(resultKey, digest, Buffer.from(JSON.stringify(answer), 'utf8')),
        lifetimeSeconds: LIFETIME_SECONDS,
      }),
      firstAnswer: (stored) => {
        if (stored === null) throw new CryptoFailure('a repeated send has no kept answer');
        return JSON.parse(this.box.open(resultKey, digest, stored).toString('utf8')) as FirstAnswer;
      },
    };
  }
}

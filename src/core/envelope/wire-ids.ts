import { type IdSource } from '../../kernel/id-source.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 16;

/**
 * An id for the outside: 128 random bits as 26 letters and digits (base32 of RFC 4648 in lower case,
 * without padding). It cannot be guessed, and says nothing of order or volume.
 */
export function newWireId(ids: IdSource): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of ids.bytes(BYTES)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return text + ALPHABET.charAt((held << (5 - bits)) & 31);
}

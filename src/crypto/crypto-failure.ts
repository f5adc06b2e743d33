/**
 * Stored or imported key material that does not fit: a damaged row, a wrong key, a changed byte.
 * Carries a sentence for the log and never any of the data. Towards clients it is an internal error.
 */
export class CryptoFailure extends Error {
  override readonly name = 'CryptoFailure';
}

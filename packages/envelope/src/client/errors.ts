/** A server said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  /**
   * @param status of HTTP
   * @param code the server's word
   * @param details the other members of its answer
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly retryAfterSeconds?: number,
  ) {
    super(`The server refuses: ${code} (${status}).`);
  }
}

/** No answer, or none that can be read. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Something that has to be so for safety is not: a pin, a signature of a server or a user, a host. */
export class TrustError extends Error {
  override readonly name = 'TrustError';

  /** @param code a word for programs */
  constructor(
    readonly code: 'bad_server_signature' | 'wrong_host' | 'stale_document' | 'expired_document' | 'server_key_changed' | 'bad_key_statement' | 'key_changed' | 'wrong_user' | 'no_common_algorithm',
    message: string,
  ) {
    super(message);
  }
}

/** An address, a card or an argument that does not have the right form. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

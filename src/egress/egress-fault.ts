/** Why nothing, or nothing of use, came back. */
export type EgressFaultKind =
  /** the address may not be called at all; no connection was made */
  | 'refused'
  /** the name has no address */
  | 'unresolved'
  /** no connection, or one without a certificate that we trust, or one that broke */
  | 'unreachable'
  | 'timeout'
  /** the reply is longer than was allowed */
  | 'too_large';

/** A request to another host that came to nothing. Holds neither the address nor anything that was sent. */
export class EgressFault extends Error {
  override readonly name = 'EgressFault';

  /** @param sent whether the request may have reached the other side all the same */
  constructor(
    readonly kind: EgressFaultKind,
    readonly sent: boolean,
  ) {
    super(kind);
  }
}

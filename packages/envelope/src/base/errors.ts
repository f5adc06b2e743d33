/** What can be wrong with a body, a Packet or a Message; the words are those of the wire. */
export type EnvelopeCode =
  | 'malformed_request'
  | 'unknown_algorithm'
  | 'unknown_server_key'
  | 'undecryptable'
  | 'malformed_packet'
  | 'malformed_message'
  | 'unsupported_key'
  | 'bad_signature';

/** Which layer of the envelope a fault of the algorithm name belongs to. */
export type Layer = 'envelope' | 'packet';

const SENTENCES: Record<EnvelopeCode, string> = {
  malformed_request: 'The body is not an object with the strings data, algorithm and password in strict base64.',
  unknown_algorithm: 'The algorithm is not known, or it is switched off.',
  unknown_server_key: 'The kid names no live key of this server.',
  undecryptable: 'The data cannot be decrypted.',
  malformed_packet: 'The decrypted data is not a Packet.',
  malformed_message: 'The decrypted data is not a Message in canonical form.',
  unsupported_key: 'The key is of a kind, size or form that is not accepted.',
  bad_signature: 'The signature does not belong to the Message and its key.',
};

/** A fault of something a peer sent. The message is fit to be shown: it holds nothing of the input. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  /**
   * @param code the word on the wire
   * @param layer for `unknown_algorithm`: where the name stood
   */
  constructor(
    readonly code: EnvelopeCode,
    readonly layer?: Layer,
  ) {
    super(SENTENCES[code]);
  }
}

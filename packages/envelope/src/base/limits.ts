/** Limits of the format. Bytes are counted on the UTF-8 text without its padding. */
export const LIMITS = {
  /** text of a Packet, bytes */
  packetBytes: 768 * 1024,
  /** text of a Message, bytes */
  messageBytes: 512 * 1024,
  /** a public key in text form, characters */
  keyCharacters: 8 * 1024,
  /** objects and arrays inside each other */
  jsonDepth: 32,
} as const;

/** Packet `id`. */
export const PACKET_ID = /^[\x21-\x7E]{1,128}$/;
/** Packet `user_id`, case-sensitive. */
export const USER_ID = /^[A-Za-z0-9]{1,64}$/;
/** Packet `token`; opaque. */
export const TOKEN = /^[\x21-\x7E]{1,512}$/;
/** A fingerprint, and with it a `kid`. */
export const FINGERPRINT = /^[0-9a-f]{64}$/;
/** The name in an address, lower-cased first. */
export const USER_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
/** What the server calls a message. */
export const MESSAGE_ID = /^[a-z2-7]{26}$/;

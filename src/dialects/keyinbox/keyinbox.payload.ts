import { CryptoFailure } from '../../crypto/crypto-failure.js';

/** What a message is, whichever of its two sides reads it. */
export interface MessageFacts {
  /** the public id */
  readonly id: string;
  /** BLAKE3 of content and subject, hex */
  readonly digest: string;
  /** the sender's public key, null when he is not identified */
  readonly from: string | null;
  /** the recipient's public key */
  readonly to: string;
  readonly subject: string;
  readonly content: string;
}

/** What the server saw of a sender, if it is set to keep it. */
export interface NetInformation {
  readonly ip: string;
  readonly userAgent: string;
}

/** The clear form of a stored message. */
export interface MessagePayload extends MessageFacts {
  readonly net: NetInformation | null;
}

const VERSION = 1;
const LENGTH_BYTES = 4;
const PREVIEW_CHARACTERS = 30;

/**
 * The clear bytes of a message: version, length and JSON of the small members, length and bytes of
 * the subject, bytes of the content. The two texts stand as they are and not in JSON, whose
 * escapes could make them six times as long.
 */
export function encodePayload(payload: MessagePayload): Buffer {
  const { id, digest, from, to, net } = payload;
  const head = Buffer.from(JSON.stringify({ id, digest, from, to, net }), 'utf8');
  const subject = Buffer.from(payload.subject, 'utf8');
  return Buffer.concat([
    Buffer.from([VERSION]),
    lengthOf(head),
    head,
    lengthOf(subject),
    subject,
    Buffer.from(payload.content, 'utf8'),
  ]);
}

/** @throws CryptoFailure for bytes that encodePayload did not make */
export function decodePayload(clear: Buffer): MessagePayload {
  if (clear.length < 1 + 2 * LENGTH_BYTES || clear[0] !== VERSION) throw new CryptoFailure('an opened message has no known form');
  const headEnd = 1 + LENGTH_BYTES + clear.readUInt32BE(1);
  const subjectStart = headEnd + LENGTH_BYTES;
  const subjectEnd = subjectStart + clear.readUInt32BE(headEnd);
  const head = JSON.parse(clear.toString('utf8', 1 + LENGTH_BYTES, headEnd)) as Omit<MessagePayload, 'subject' | 'content'>;
  return { ...head, subject: clear.toString('utf8', subjectStart, subjectEnd), content: clear.toString('utf8', subjectEnd) };
}

/** The clear bytes of what lists show: the same facts, with the two texts cut. */
export function encodePreview({ id, digest, from, to, subject, content }: MessageFacts): Buffer {
  return Buffer.from(JSON.stringify([id, digest, from, to, cut(subject), cut(content)]), 'utf8');
}

/** Reads what encodePreview made. */
export function decodePreview(clear: Buffer): MessageFacts {
  const [id, digest, from, to, subject, content] = JSON.parse(clear.toString('utf8')) as [string, string, string | null, string, string, string];
  return { id, digest, from, to, subject, content };
}

/** @returns the first 30 characters, counted in code points: never half of one, nothing added or trimmed */
export function cut(text: string): string {
  // a code point takes one or two units, so what is this short is whole
  if (text.length <= PREVIEW_CHARACTERS) return text;
  let end = 0;
  for (let count = 0; count < PREVIEW_CHARACTERS && end < text.length; count += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes.length);
  return length;
}

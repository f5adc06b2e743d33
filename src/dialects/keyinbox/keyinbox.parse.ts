import { ContractTermsDto, MessageTextDto, PaginationRequestDto, PublicInfoDto } from './dto/requests.dto.js';
import { invalid, KeyInboxFault, tooLarge } from './keyinbox.faults.js';
import { type PrivateKey, type PublicKey } from './keyinbox.keys.js';
import { type JsonObject, member, object, type Parameters, required, text } from './keyinbox.parameters.js';
import { checkTypes } from './keyinbox.types.js';

/** Turns keys as given into keys, or throws the fault of this dialect. */
export interface KeyChecks {
  privateKey(value: unknown): PrivateKey;
  publicKey(value: unknown): PublicKey;
}

/** The settings that parsing looks at. */
export interface ParseOptions {
  readonly ALLOW_NOT_IDENTIFIED_SENDERS: boolean;
  readonly MESSAGE_MAX_SIZE: number;
}

/** A message to send, every check of its text and keys passed. */
export interface SendRequest {
  readonly recipient: PublicKey;
  readonly sender: PrivateKey | null;
  readonly text: MessageTextDto;
}

/** Which part of which list is wanted. */
export interface ListRequest {
  readonly reader: PrivateKey;
  readonly folder: 'inbox' | 'sent';
  readonly skip: number;
  /** -1: all from skip on */
  readonly take: number;
}

const TAKE_DEFAULT = 50;
const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

/** POST /messages. The order of the checks is part of the protocol. */
export function parseSend(parameters: Parameters, keys: KeyChecks, options: ParseOptions): SendRequest {
  const publicKey = required('public_key', parameters.publicKey);
  const message = required('message', parameters.fromBody('message'));
  const recipient = keys.publicKey(publicKey);
  const sender = parseSender(parameters.privateKey, recipient, keys, options);
  return { recipient, sender, text: parseText(message, options.MESSAGE_MAX_SIZE) };
}

/**
 * GET /messages and GET /sign.
 *
 * @param withFolders protocol 0.15 knows folders; before, there is the inbox alone
 */
export function parseList(parameters: Parameters, keys: KeyChecks, withFolders: boolean): ListRequest {
  const reader = requiredPrivateKey(parameters, keys);
  const { skip, take } = parsePagination(parameters);
  return { reader, folder: withFolders ? parseFolder(parameters.folder) : 'inbox', skip, take };
}

/** A route that needs the private key alone. */
export function requiredPrivateKey(parameters: Parameters, keys: KeyChecks): PrivateKey {
  return keys.privateKey(required('private_key', parameters.privateKey));
}

/** The sender's side of reading and deleting: both keys must be there before either is looked at. */
export function parseSenderSide(parameters: Parameters, keys: KeyChecks): { sender: PrivateKey; recipient: PublicKey } {
  const privateKey = required('private_key', parameters.privateKey);
  const publicKey = required('public_key', parameters.publicKey);
  return { sender: keys.privateKey(privateKey), recipient: keys.publicKey(publicKey) };
}

/**
 * PUT /messages/{id}, up to the keys; the text is checked once the message was found.
 *
 * @param recipientOptional clients of protocol 0.15 do not name the recipient
 */
export function parseEdit(
  parameters: Parameters,
  keys: KeyChecks,
  recipientOptional: boolean,
): { message: unknown; sender: PrivateKey; recipient: PublicKey | null } {
  const message = required('message', parameters.fromBody('message'));
  const given = parameters.publicKey;
  const publicKey = recipientOptional && given === undefined ? null : required('public_key', given);
  const privateKey = required('private_key', parameters.privateKey);
  const recipient = publicKey === null ? null : keys.publicKey(publicKey);
  return { message, recipient, sender: keys.privateKey(privateKey) };
}

/**
 * The text of a message: presence, types, blank rule and size, in this order.
 *
 * @param sizeMax UTF-8 bytes of content and subject together; exactly so many pass
 */
export function parseText(message: unknown, sizeMax: number): MessageTextDto {
  const given = object('message', message);
  const content = required('content', member(given, 'content'));
  const subject = required('subject', member(given, 'subject'));
  const shape = checkTypes(Object.assign(new MessageTextDto(), { content, subject }));
  if (shape.content.trim() === '' && shape.subject.trim() === '') throw new KeyInboxFault('message_empty');
  if (Buffer.byteLength(shape.content, 'utf8') + Buffer.byteLength(shape.subject, 'utf8') > sizeMax) throw tooLarge(sizeMax);
  return shape;
}

/**
 * POST /identity: absent parts become empty, the record's JSON is bounded like a message. It is kept
 * as text and not sealed, so U+0000 is not allowed in it.
 */
export function parseIdentity(parameters: Parameters, keys: KeyChecks, sizeMax: number): { owner: PrivateKey; name: string; biography: string } {
  const owner = requiredPrivateKey(parameters, keys);
  const given = object('public', required('public', parameters.fromBody('public')));
  const shape = checkTypes(Object.assign(new PublicInfoDto(), { name: member(given, 'name'), biography: member(given, 'biography') }));
  const record = { name: shape.name ?? '', biography: shape.biography ?? '' };
  for (const [name, value] of Object.entries(record)) if (value.includes('\0')) throw invalid(name);
  if (Buffer.byteLength(JSON.stringify(record), 'utf8') > sizeMax) throw tooLarge(sizeMax);
  return { owner, ...record };
}

/**
 * POST /sign.
 *
 * @param limits bytes of the text, and the ceiling of `expires` in seconds, to which it is cut
 */
export function parseContract(
  parameters: Parameters,
  keys: KeyChecks,
  limits: { readonly bytesMax: number; readonly secondsMax: number },
): { issuer: PrivateKey; signer: PublicKey; message: string; expiresSeconds: number } {
  const { sender: issuer, recipient: signer } = parseSenderSide(parameters, keys);
  const message = required('message', parameters.fromBody('message'));
  const expires = required('expires', parameters.fromBody('expires'));
  const shape = checkTypes(Object.assign(new ContractTermsDto(), { message, expires }));
  if (signer.raw.equals(issuer.publicKey.raw)) throw new KeyInboxFault('self_send');
  if (shape.message.trim() === '') throw new KeyInboxFault('message_empty');
  if (Buffer.byteLength(shape.message, 'utf8') > limits.bytesMax) throw tooLarge(limits.bytesMax);
  const expiresSeconds = Math.max(1, Math.floor(Math.min(shape.expires, limits.secondsMax)));
  return { issuer, signer, message: shape.message, expiresSeconds };
}

/** @returns what a signer wants to do. @throws KeyInboxFault */
export function parseTerm(value: unknown): 'view' | 'sign' | 'refuse' {
  const term = required('term', value);
  if (term !== 'view' && term !== 'sign' && term !== 'refuse') throw invalid('term');
  return term;
}

/** @returns the header's value, or null where the request has none. @throws KeyInboxFault */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (header.length === 0 || header.length > IDEMPOTENCY_KEY_LENGTH_MAX) throw invalid('Idempotency-Key');
  return header;
}

/** Absent, null and the empty text all mean: not identified. */
function parseSender(value: unknown, recipient: PublicKey, keys: KeyChecks, options: ParseOptions): PrivateKey | null {
  if (value === undefined || value === null || value === '') {
    if (!options.ALLOW_NOT_IDENTIFIED_SENDERS) throw new KeyInboxFault('anonymous_not_allowed');
    return null;
  }
  const sender = keys.privateKey(value);
  if (sender.publicKey.raw.equals(recipient.raw)) throw new KeyInboxFault('self_send');
  return sender;
}

function parsePagination(parameters: Parameters): PaginationRequestDto {
  const query = { skip: parameters.fromQuery('skip'), take: parameters.fromQuery('take') };
  const inQuery = query.skip !== undefined || query.take !== undefined;
  const inBody = parameters.fromBody('pagination_data');
  const byDefault = parameters.bodyIsEmpty ? { skip: 0, take: TAKE_DEFAULT } : {};
  const given: JsonObject =
    inBody === undefined && (inQuery || parameters.bodyIsEmpty) ? {} : object('pagination_data', required('pagination_data', inBody));
  const skip = required('skip', member(given, 'skip') ?? query.skip ?? member(byDefault, 'skip'));
  const take = required('take', member(given, 'take') ?? query.take ?? member(byDefault, 'take'));
  return checkTypes(Object.assign(new PaginationRequestDto(), { skip: integerOf(skip), take: integerOf(take) }));
}

/** Clients send `"50"` as well as 50. @returns the number, or the value as it was */
function integerOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

function parseFolder(value: unknown): 'inbox' | 'sent' {
  if (value === undefined || value === null) return 'inbox';
  const folder = text('folder', value).toLowerCase();
  if (folder !== 'inbox' && folder !== 'sent') throw invalid('folder');
  return folder;
}

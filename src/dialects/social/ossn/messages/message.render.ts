import { type User } from '../../../../core/accounts/user.js';
import { type DirectMessage, type MessageAttachment } from '../../../../core/conversations/direct-message.js';
import { type Id } from '../../../../kernel/id-source.js';
import { encodeText, encodeTextWithBreaks } from '../ossn.text.js';
import { unixSeconds } from '../ossn.envelope.js';
import { type TrimmedUser, trimmedUser } from '../ossn.users.js';
import { type FileKind, kindOf } from '../files/file-names.js';
import { storedNameOf } from '../files/file-details.js';

/** What messages are shown with. */
export interface MessageContext {
  /** the address of the site, with a slash at its end */
  readonly base: string;
  /** @returns the address a file is fetched at */
  fileUrl(attachment: MessageAttachment): string;
  /** everybody who wrote or received one of the messages */
  readonly people: ReadonlyMap<Id, User>;
}

/** The file of a message where this dialect can show it. */
interface ShownFile {
  readonly attachment: MessageAttachment;
  readonly kind: FileKind;
}

/** Names of the wire; the order of members is that of the wire, too. */
export type WireMessage = Record<string, unknown>;

const FILE_KEY = 'file:attachment';

/** message/send */
export function renderSent(message: DirectMessage, context: MessageContext): WireMessage {
  const file = fileOf(message);
  return {
    data: {},
    ...core(message, context, 'users'),
    ...(file && { [FILE_KEY]: filePath(file) }),
    ...removal(message),
    ...(file && fileFields(file, context)),
  };
}

/** message_add */
export function renderAdded(message: DirectMessage, context: MessageContext): WireMessage {
  return core(message, context, 'users');
}

/** message/list */
export function renderListed(message: DirectMessage, context: MessageContext): WireMessage {
  const file = fileOf(message);
  return { ...core(message, context, 'ids'), ...removal(message), ...(file && fileFields(file, context)), ...withdrawal(message) };
}

/** message_list */
export function renderListedV1(message: DirectMessage, context: MessageContext): WireMessage {
  const file = fileOf(message);
  return { data: {}, ...core(message, context, 'users'), ...removal(message), ...(file && fileFields(file, context)), ...withdrawal(message) };
}

/** message/new: messages without a file have three of its four keys */
export function renderNew(message: DirectMessage, context: MessageContext): WireMessage {
  const file = fileOf(message);
  const noFile = { type_of_attachment: false, attachment_name: null, attachment_url: null };
  return { data: {}, ...core(message, context, 'ids'), ...removal(message), ...(file ? fileFields(file, context) : noFile) };
}

/** message_new: the file as the original keeps it, its name with its kind before it */
export function renderNewV1(message: DirectMessage, context: MessageContext): WireMessage {
  return { data: {}, ...core(message, context, 'users'), ...rawFile(message) };
}

/** message_recent: as message_new, the text without `<br />` */
export function renderRecent(message: DirectMessage, context: MessageContext, answered: boolean): WireMessage {
  return {
    data: {},
    ...core(message, context, 'users'),
    message: encodeText(textOf(message)),
    ...rawFile(message),
    ...withdrawal(message),
    answered: answered ? 1 : 0,
  };
}

function core(message: DirectMessage, context: MessageContext, sides: 'users' | 'ids'): WireMessage {
  const side = (id: Id): TrimmedUser | number => {
    const user = sides === 'users' ? context.people.get(id) : undefined;
    return user === undefined ? Number(id) : trimmedUser(context.base, user);
  };
  return {
    id: message.number,
    message_from: side(message.from),
    message_to: side(message.to),
    message: encodeTextWithBreaks(textOf(message)),
    viewed: message.readAt === null ? '0' : '1',
    time: unixSeconds(message.createdAt.getTime()),
  };
}

function removal(message: DirectMessage): WireMessage {
  return {
    is_deleted_from: message.removedBySender ? '1' : '',
    is_deleted_to: message.removedByRecipient ? '1' : '',
  };
}

function withdrawal(message: DirectMessage): WireMessage | null {
  return message.withdrawn ? { is_deleted: '1' } : null;
}

function rawFile(message: DirectMessage): WireMessage {
  const file = fileOf(message);
  return {
    ...(file && { [FILE_KEY]: filePath(file) }),
    ...removal(message),
    ...(file && { attachment_guid: file.attachment.wireId, attachment_name: `${file.kind}:${file.attachment.name}` }),
  };
}

function fileFields({ attachment, kind }: ShownFile, context: MessageContext): WireMessage {
  return {
    attachment_guid: attachment.wireId,
    attachment_name: attachment.name,
    type_of_attachment: kind,
    attachment_url: context.fileUrl(attachment),
  };
}

function filePath({ attachment }: ShownFile): string {
  return `attachment/${storedNameOf(attachment)}`;
}

function fileOf({ attachment, withdrawn }: DirectMessage): ShownFile | null {
  if (attachment === null || withdrawn) return null;
  const kind = kindOf(attachment);
  return kind === null ? null : { attachment, kind };
}

/** A file that came through another tongue and is none of the eight types is told by its name. */
function textOf({ text, attachment, withdrawn }: DirectMessage): string {
  if (attachment === null || withdrawn || kindOf(attachment) !== null) return text;
  return text === '' ? `[${attachment.name}]` : `${text}\n[${attachment.name}]`;
}

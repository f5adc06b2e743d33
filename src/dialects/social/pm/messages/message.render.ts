import { type RecentEntry } from '../../../../core/conversations/conversations.js';
import { type DirectMessage, type MessageAttachment } from '../../../../core/conversations/direct-message.js';
import { type Notice } from '../../../../core/conversations/notices.js';
import { fileDetails } from '../../../../core/pm/file-details.js';
import { type FileRole } from '../../../../core/pm/message-files.js';
import { type Id } from '../../../../kernel/id-source.js';
import { safeMarkup } from '../pm.markup.js';
import { type PmUser, renderGone } from '../users/user.render.js';
import { headlineOf } from './headline.js';

/** The file of a message. */
export interface PmFile {
  readonly uuid: string;
  readonly filename: string;
  readonly filesize: number;
  readonly mimetype: string;
  /** seconds */
  readonly duration: number | null;
  readonly url: string;
  readonly thumbnail: string | null;
}

/** A message; the same shape wherever one stands. */
export interface PmMessage {
  readonly id: number;
  readonly sender_id: number;
  readonly message: string;
  readonly created_at: string;
  /** one withdrawn early is nowhere; one withdrawn late keeps its place and is hidden */
  readonly status: 'created' | 'hidden';
  readonly file: PmFile | null;
  readonly sender: PmUser;
  readonly receiver: PmUser;
  /** of another kind of conversation; a client takes a missing one for one of those */
  readonly group: null;
  readonly thread_id: number;
}

/** A thread in the list of threads. */
export interface PmSnippet {
  readonly id: number;
  readonly headline: string;
  readonly sender: PmUser;
  readonly receiver: PmUser;
  readonly group: null;
  readonly created_at: string;
  readonly last_message_at: string;
  readonly thread_status: 'new' | 'seen';
  readonly unread_count: number;
}

/** What a user was told of, in the form of a list of one. */
export interface PmNotification {
  readonly is_new: boolean;
  readonly sid: string;
  readonly aggregated: readonly [
    {
      readonly is_new: boolean;
      readonly sid: string;
      readonly type: 'private_message';
      readonly active_at: string;
      readonly message: PmMessage;
    },
  ];
}

/** What messages are shown with. */
export interface MessageContext {
  /** everybody who wrote or received one of the messages */
  readonly people: ReadonlyMap<Id, PmUser>;
  /** what stands in the place of a withdrawn text */
  readonly withdrawnText: string;
  /** @returns the address a file opens at */
  fileUrl(uuid: string, role: FileRole): string;
}

export function renderMessage(message: DirectMessage, threadId: number, context: MessageContext): PmMessage {
  return {
    id: message.number,
    sender_id: Number(message.from),
    message: safeMarkup(textOf(message, context)),
    created_at: message.createdAt.toISOString(),
    status: message.withdrawn ? 'hidden' : 'created',
    file: message.withdrawn || message.attachment === null ? null : renderFile(message.attachment, context),
    ...sides(message, context),
    group: null,
    thread_id: threadId,
  };
}

export function renderSnippet({ message, conversationId, begunAt, unreadCount }: RecentEntry, context: MessageContext): PmSnippet {
  const text = textOf(message, context);
  const shown = text.trim() === '' && message.attachment !== null ? message.attachment.name : text;
  return {
    id: conversationId,
    headline: safeMarkup(headlineOf(shown)),
    ...sides(message, context),
    group: null,
    created_at: begunAt.toISOString(),
    last_message_at: message.createdAt.toISOString(),
    thread_status: unreadCount > 0 ? 'new' : 'seen',
    unread_count: unreadCount,
  };
}

export function renderNotice({ message, conversationId, isNew }: Notice, context: MessageContext): PmNotification {
  const sid = String(message.number);
  const active_at = message.createdAt.toISOString();
  const shown = renderMessage(message, conversationId, context);
  return { is_new: isNew, sid, aggregated: [{ is_new: isNew, sid, type: 'private_message', active_at, message: shown }] };
}

function renderFile({ details, wireId, name, mediaType, byteSize }: MessageAttachment, context: MessageContext): PmFile {
  const { uuid, duration, thumbnail } = fileDetails(details);
  // files that came through another tongue have no uuid
  const id = uuid ?? wireId;
  const url = context.fileUrl(id, 'file');
  const picture = mediaType.startsWith('image/') ? url : null;
  return {
    uuid: id,
    filename: safeMarkup(name),
    filesize: byteSize,
    mimetype: mediaType,
    duration,
    url,
    thumbnail: thumbnail === null ? picture : context.fileUrl(id, 'thumbnail'),
  };
}

function sides({ from, to }: DirectMessage, { people }: MessageContext): { sender: PmUser; receiver: PmUser } {
  return { sender: people.get(from) ?? renderGone(from), receiver: people.get(to) ?? renderGone(to) };
}

function textOf({ text, withdrawn }: DirectMessage, { withdrawnText }: MessageContext): string {
  return withdrawn ? withdrawnText : text;
}

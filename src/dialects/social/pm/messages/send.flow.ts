import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { SendDirectMessage, type SendDirectMessageCommand } from '../../../../core/conversations/send-direct-message.js';
import { storedDetails } from '../../../../core/pm/file-details.js';
import { MessageFiles, type OutgoingFile } from '../../../../core/pm/message-files.js';
import { sha256 } from '../../../../crypto/digests.js';
import { framed } from '../../../../crypto/keyed-hash.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../../kernel/id-source.js';
import { ID_SOURCE } from '../../../../kernel/tokens.js';
import { newAttachmentId } from '../../attachment-id.js';
import { type PmCaller } from '../auth/caller.js';
import { PmVariables } from '../pm.config.js';
import { denied, fieldFaults } from '../pm.faults.js';
import { MayWrite } from '../users/may-write.js';
import { renderUser } from '../users/user.render.js';
import { type PmMessage, renderMessage } from './message.render.js';
import { parseSend, type SendRequest, unknownFile } from './send.parse.js';
import { ShownMessages } from './shown.js';

const ORIGIN = 'pm';
const ONCE_SCOPE = 'pm.send';
const ONCE_LIFETIME_SECONDS = 24 * 60 * 60;

/** What a send answers. */
export interface SendAnswer {
  readonly body: PmMessage | readonly PmMessage[];
  /** the same request was answered before */
  readonly replayed: boolean;
}

/** One message for each recipient, all or none. */
@Injectable()
export class SendFlow {
  private readonly variables: Readonly<PmVariables>;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Users) private readonly users: Users,
    @Inject(SendDirectMessage) private readonly sending: SendDirectMessage,
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(MessageFiles) private readonly files: MessageFiles,
    @Inject(MayWrite) private readonly mayWrite: MayWrite,
    @Inject(ShownMessages) private readonly shown: ShownMessages,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {
    this.variables = config.section(PmVariables);
  }

  /**
   * @param body members of the request
   * @param onceHeader the Idempotency-Key, where there is one
   * @throws PmFault; DomainError not_followed, duplicate, message_not_found (a repeat whose message is gone), overloaded
   */
  async send(caller: PmCaller, body: Readonly<Record<string, unknown>>, onceHeader: string | undefined): Promise<SendAnswer> {
    const { PM_RECIPIENTS_MAX: recipientsMax, PM_MESSAGE_MAX: charactersMax } = this.variables;
    const request = parseSend(body, caller.userId, { recipientsMax, charactersMax });
    const [people, file] = await Promise.all([
      this.users.byIds(request.recipients),
      request.fileUuid === null ? null : this.files.forSending(caller.userId, request.fileUuid),
    ]);
    await this.refuse(request, people, file);
    const attachments = new Map(file && request.recipients.map((to) => [to, this.attachment(file)]));
    const { messages, conversationIds, unread, replayed } = await this.sending.toAll({
      from: caller.userId,
      to: request.recipients,
      text: request.text,
      origin: ORIGIN,
      followed: !this.mayWrite.toAll(caller),
      attachmentFor: (to) => attachments.get(to) ?? null,
      ...onceFor(onceHeader, caller.userId, request),
    });
    await unlessAway(this.afterwards(caller.userId, request.recipients, unread, replayed ? null : file));
    const context = this.shown.context(new Map([caller.user, ...people.values()].map((user) => [user.id, renderUser(user)])));
    const rendered = messages.map((message, index) => renderMessage(message, conversationIds[index]!, context));
    return { body: this.shape(rendered, request), replayed };
  }

  /** Bad input before what may not be done, whatever else is wrong. */
  private async refuse({ recipients, fileUuid }: SendRequest, people: ReadonlyMap<Id, User>, file: OutgoingFile | null): Promise<void> {
    const missing = recipients.filter((id) => !people.has(id));
    const deleted = missing.length === 0 ? new Set<Id>() : await this.users.deletedAmong(missing);
    const unknown = missing.some((id) => !deleted.has(id));
    const faults = [
      ...(unknown ? [{ field: 'recipients', code: 'does_not_exist', message: 'Unknown user.' } as const] : []),
      ...(fileUuid !== null && file === null ? [unknownFile()] : []),
    ];
    if (faults.length > 0) throw fieldFaults(faults);
    const gone = deleted.size > 0 || [...people.values()].some((user) => user.disabledAt !== null);
    if (gone) throw denied('You may not write to this user.');
  }

  private attachment(file: OutgoingFile): NonNullable<SendDirectMessageCommand['attachment']> {
    const { name, mediaType, byteSize, sha256: digest, storageKey } = file;
    const details = storedDetails(file.uuid, file.duration, file.thumbnail);
    return { wireId: newAttachmentId(this.ids), name, mediaType, byteSize, sha256: digest, storageKey, details };
  }

  /** The file belongs to its messages now, and who answers has seen what he answers to. */
  private async afterwards(sender: Id, recipients: readonly Id[], unread: readonly number[], file: OutgoingFile | null): Promise<void> {
    if (file) await this.files.noteSent(sender, file.uuid);
    for (const [index, partner] of recipients.entries()) {
      if ((unread[index] ?? 0) > 0) await this.conversations.markRead({ reader: sender, partner });
    }
  }

  private shape(messages: readonly PmMessage[], request: SendRequest): PmMessage | readonly PmMessage[] {
    const setting = this.variables.PM_SEND_SHAPE;
    const asList = setting === 'auto' ? request.knowsLists || request.recipients.length > 1 : setting === 'list';
    return asList ? messages : messages[0]!;
  }
}

/** The message is stored: a refusal now would have it sent twice. */
async function unlessAway(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'overloaded')) throw error;
  }
}

/** Each sender has his own keys; the store learns hashes only. */
function onceFor(header: string | undefined, from: Id, { recipients, text, fileUuid }: SendRequest): Pick<SendDirectMessageCommand, 'once'> {
  if (header === undefined || header === '') return {};
  return {
    once: {
      scope: ONCE_SCOPE,
      key: sha256(framed(from, header)).toString('base64url'),
      digest: sha256(framed(recipients.join(), text, fileUuid ?? '')),
      lifetimeSeconds: ONCE_LIFETIME_SECONDS,
    },
  };
}

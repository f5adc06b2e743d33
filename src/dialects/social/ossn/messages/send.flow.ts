import { Inject, Injectable } from '@nestjs/common';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { type DirectMessage } from '../../../../core/conversations/direct-message.js';
import { SendDirectMessage, type SendDirectMessageCommand } from '../../../../core/conversations/send-direct-message.js';
import { sha256 } from '../../../../crypto/digests.js';
import { framed } from '../../../../crypto/keyed-hash.js';
import { type IdSource } from '../../../../kernel/id-source.js';
import { ID_SOURCE } from '../../../../kernel/tokens.js';
import { newAttachmentId } from '../../attachment-id.js';
import { CREDENTIALS } from '../ossn.credentials.js';
import { type Call } from '../ossn.desk.js';
import { OssnFault } from '../ossn.faults.js';
import { twoIds } from '../ossn.ids.js';
import { isTooLong, trimText } from '../ossn.text.js';
import { type AcceptedFile, FileAcceptance } from '../files/acceptance.js';
import { newFileDetails } from '../files/file-details.js';
import { OssnLinks } from '../files/links.js';
import { type MessageContext, type WireMessage } from './message.render.js';

const ONCE_LIFETIME_SECONDS = 24 * 60 * 60;

/** What a send is made of, once everything is known to be in order. */
interface Wanted {
  readonly from: User;
  readonly to: User;
  readonly text: string;
  readonly file: AcceptedFile | null;
}

/** message/send and message_add: one message for one user, perhaps with a file. */
@Injectable()
export class SendFlow {
  constructor(
    @Inject(Users) private readonly users: Users,
    @Inject(SendDirectMessage) private readonly sending: SendDirectMessage,
    @Inject(FileAcceptance) private readonly acceptance: FileAcceptance,
    @Inject(OssnLinks) private readonly links: OssnLinks,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * @param render the form of the answer
   * @throws OssnFault; DomainError forbidden, duplicate, payload_too_large, overloaded
   */
  async send(call: Call, render: (message: DirectMessage, context: MessageContext) => WireMessage): Promise<WireMessage> {
    const wanted = await this.check(call);
    const { message, replayed } = await this.sending.execute({
      from: wanted.from.id,
      to: wanted.to.id,
      text: wanted.text,
      origin: CREDENTIALS,
      attachment: wanted.file && (await this.store(wanted.file)),
      ...onceFor(call.request.headers['idempotency-key'], wanted),
    });
    if (replayed) call.response.setHeader('Idempotent-Replayed', 'true');
    const people = new Map([wanted.from, wanted.to].map((user) => [user.id, user]));
    return render(message, this.links.context(people));
  }

  /** The checks in the order the API fixes. */
  private async check({ parameters, file }: Call): Promise<Wanted> {
    const text = trimText(parameters.text('message') ?? '');
    if (text === '') throw new OssnFault('blank_message');
    const [fromId, toId] = twoIds(parameters, 'from', 'to');
    const users = await this.users.byIds([fromId, toId]);
    const from = users.get(fromId);
    const to = users.get(toId);
    if (from === undefined || to === undefined) throw new OssnFault('user_unknown');
    if (from === to || isTooLong(text)) throw new OssnFault('not_sent');
    return { from, to, text, file: await this.acceptance.judge(file) };
  }

  /** Makes the bytes outlive a power cut before the row that names them does. */
  private async store({ name, mediaType, blob }: AcceptedFile): Promise<NonNullable<SendDirectMessageCommand['attachment']>> {
    const storageKey = await blob.accept();
    return {
      wireId: newAttachmentId(this.ids),
      name,
      mediaType,
      byteSize: blob.size,
      sha256: blob.sha256,
      storageKey,
      details: newFileDetails(name, this.ids),
    };
  }
}

/** Each sender has his own keys; the store learns hashes only. */
function onceFor(header: string | string[] | undefined, { from, to, text, file }: Wanted): Pick<SendDirectMessageCommand, 'once'> {
  if (typeof header !== 'string' || header === '') return {};
  const content = framed(from.id, to.id, text, file?.blob.sha256 ?? '', file?.name ?? '');
  return {
    once: {
      scope: `${CREDENTIALS}.send`,
      key: sha256(framed(from.id, header)).toString('base64url'),
      digest: sha256(content),
      lifetimeSeconds: ONCE_LIFETIME_SECONDS,
    },
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { SendMessage } from '../../../core/messaging/send-message.js';
import { blake3Hex } from '../../../crypto/blake3.js';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys } from '../keyinbox.keys.js';
import { netInformation } from '../keyinbox.net.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { parseIdempotencyKey, parseSend, type SendRequest } from '../keyinbox.parse.js';
import { type MessagePayload } from '../keyinbox.payload.js';
import { renderSent } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { SPACE } from '../keyinbox.space.js';
import { makeSkyId } from '../sky-id.js';
import { type Once, OnceKeeper } from './once.js';

/** With 100 random bits a second id is never needed; the bound keeps a broken generator from looping. */
const ID_ATTEMPTS_MAX = 3;
const FIRST_REVISION = 1;

/** What a send answers with. */
export interface SendAnswer {
  readonly envelope: Envelope;
  /** true: an earlier request with the same Idempotency-Key sent it */
  readonly replayed: boolean;
}

/** POST /messages: one message for one recipient, sealed before the store sees it. */
@Injectable()
export class SendFlow {
  private readonly options: Readonly<KeyInboxVariables>;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(OnceKeeper) private readonly onceKeeper: OnceKeeper,
    @Inject(SendMessage) private readonly sendMessage: SendMessage,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {
    this.options = config.section(KeyInboxVariables);
  }

  /** @throws KeyInboxFault, DomainError duplicate, rate_limited, overloaded */
  async send(parameters: Parameters, request: Request): Promise<SendAnswer> {
    const wanted = parseSend(parameters, this.gate.checksFor(request), this.options);
    const header = parseIdempotencyKey(request.get('idempotency-key'));
    if (wanted.sender === null) this.gate.admitAnonymousSend(request);
    const once = header === null ? null : this.onceKeeper.for(header, wanted);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(wanted, once, request);
      } catch (error) {
        const idTaken = error instanceof DomainError && error.code === 'conflict';
        if (!idTaken || attempt === ID_ATTEMPTS_MAX) throw error;
      }
    }
  }

  private async attempt(wanted: SendRequest, once: Once | null, request: Request): Promise<SendAnswer> {
    const { sender, recipient, text } = wanted;
    const id = makeSkyId(this.clock, this.ids, this.options.SKYID_INSTANCE);
    const storedId = this.keys.storedId(id);
    const payload: MessagePayload = {
      id,
      digest: blake3Hex(text.content, text.subject),
      from: sender?.publicKey.text ?? null,
      to: recipient.text,
      net: sender === null ? null : netInformation(request, this.options),
      subject: text.subject,
      content: text.content,
    };
    const place = { storedId, recipient, revision: FIRST_REVISION };
    const { content, recipientKey } = await this.seal.sealMessage(payload, place, sender?.publicKey ?? null);
    const length = content.body.length;
    const sent = await this.sendMessage.execute({
      space: SPACE,
      sender: sender?.publicKey.mailbox ?? null,
      recipients: [{ mailbox: recipient.mailbox, key: recipientKey }],
      wireId: storedId,
      content,
      ...(once === null ? {} : { once: once.command({ id, length }) }),
    });
    const first = sent.replayed && once !== null ? once.firstAnswer(sent.result) : { id, length };
    const rendered = renderSent({ ...payload, id: first.id }, first.length);
    return {
      envelope: success('Message sent.', rendered, sender === null ? ['no_sender_copy'] : []),
      replayed: sent.replayed,
    };
  }
}

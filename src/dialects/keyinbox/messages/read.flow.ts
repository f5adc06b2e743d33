import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { type ReadableMessage } from '../../../core/messaging/message.js';
import { ReadMessage } from '../../../core/messaging/read-message.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys, type PrivateKey } from '../keyinbox.keys.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { parseSenderSide, requiredPrivateKey } from '../keyinbox.parse.js';
import { renderMessage } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { SPACE } from '../keyinbox.space.js';

/** Clients of this protocol version expect the message in a list of one. */
const LIST_SHAPE_VERSION = /^0\.12(\.|$)/;

/** The three ways to read one message. Reading changes nothing. */
@Injectable()
export class ReadFlow {
  private readonly listShape: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(ReadMessage) private readonly readMessage: ReadMessage,
  ) {
    this.listShape = config.section(KeyInboxVariables).KEYINBOX_READ_SHAPE === 'list';
  }

  /** GET /messages/receiver/{id}. @throws KeyInboxFault, DomainError message_not_found */
  async asReceiver(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    const reader = requiredPrivateKey(parameters, this.gate.checksFor(request));
    const name = { space: SPACE, mailbox: reader.publicKey.mailbox, wireId: this.keys.storedId(id) };
    return this.show(await this.readMessage.asReceiver(name), reader, request);
  }

  /** GET /messages/sender/{id}. @throws KeyInboxFault, DomainError message_not_found, forbidden */
  async asSender(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    const { sender, recipient } = parseSenderSide(parameters, this.gate.checksFor(request));
    const stored = await this.readMessage.asSender({
      space: SPACE,
      sender: sender.publicKey.mailbox,
      recipient: recipient.mailbox,
      wireId: this.keys.storedId(id),
    });
    return this.show(stored, sender, request);
  }

  /** GET /messages/{id}. @throws KeyInboxFault, DomainError message_not_found */
  async asEither(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    const reader = requiredPrivateKey(parameters, this.gate.checksFor(request));
    const name = { space: SPACE, mailbox: reader.publicKey.mailbox, wireId: this.keys.storedId(id) };
    return this.show(await this.readMessage.asEither(name), reader, request);
  }

  private async show(stored: ReadableMessage, reader: PrivateKey, request: Request): Promise<Envelope> {
    const rendered = renderMessage(stored, await this.seal.reader(reader).message(stored));
    const asList = this.listShape || LIST_SHAPE_VERSION.test(request.get('x-sls-version') ?? '');
    return success('Message read.', asList ? [rendered] : rendered);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { DeleteMessage } from '../../../core/messaging/delete-message.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxFault } from '../keyinbox.faults.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys } from '../keyinbox.keys.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { parseSenderSide, requiredPrivateKey } from '../keyinbox.parse.js';
import { SPACE } from '../keyinbox.space.js';

/** The three ways to delete a message. Each removes it for both sides, for good. */
@Injectable()
export class DeleteFlow {
  private readonly allowed: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(DeleteMessage) private readonly deleteMessage: DeleteMessage,
  ) {
    this.allowed = config.section(KeyInboxVariables).ALLOW_MESSAGE_DELETION;
  }

  /** DELETE /messages/receiver/{id}. @throws KeyInboxFault, DomainError message_not_found */
  async asReceiver(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    this.admit();
    const { publicKey } = requiredPrivateKey(parameters, this.gate.checksFor(request));
    await this.deleteMessage.asReceiver({ space: SPACE, mailbox: publicKey.mailbox, wireId: this.keys.storedId(id) });
    return success('Message deleted.', null);
  }

  /** DELETE /messages/sender/{id}. @throws KeyInboxFault, DomainError message_not_found, forbidden */
  async asSender(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    this.admit();
    const { sender, recipient } = parseSenderSide(parameters, this.gate.checksFor(request));
    await this.deleteMessage.asSender({
      space: SPACE,
      sender: sender.publicKey.mailbox,
      recipient: recipient.mailbox,
      wireId: this.keys.storedId(id),
    });
    return success('Message deleted.', null);
  }

  /** DELETE /messages/{id}. @throws KeyInboxFault, DomainError message_not_found */
  async asEither(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    this.admit();
    const { publicKey } = requiredPrivateKey(parameters, this.gate.checksFor(request));
    await this.deleteMessage.asEither({ space: SPACE, mailbox: publicKey.mailbox, wireId: this.keys.storedId(id) });
    return success('Message deleted.', null);
  }

  private admit(): void {
    if (!this.allowed) throw new KeyInboxFault('deletion_disabled');
  }
}

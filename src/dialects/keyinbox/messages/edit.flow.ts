import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { EditMessage } from '../../../core/messaging/edit-message.js';
import { ReadMessage } from '../../../core/messaging/read-message.js';
import { blake3Hex } from '../../../crypto/blake3.js';
import { assert } from '../../../kernel/assert.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxFault } from '../keyinbox.faults.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys, type PrivateKey, type PublicKey } from '../keyinbox.keys.js';
import { netInformation } from '../keyinbox.net.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { parseEdit, parseText } from '../keyinbox.parse.js';
import { renderSent } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { SPACE } from '../keyinbox.space.js';

/** PUT /messages/{id}: a new revision, sealed anew. The old text is not kept. */
@Injectable()
export class EditFlow {
  private readonly options: Readonly<KeyInboxVariables>;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(EditMessage) private readonly editMessage: EditMessage,
    @Inject(ReadMessage) private readonly readMessage: ReadMessage,
  ) {
    this.options = config.section(KeyInboxVariables);
  }

  /** @throws KeyInboxFault, DomainError message_not_found, forbidden, overloaded */
  async edit(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    if (!this.options.ALLOW_MESSAGE_EDIT) throw new KeyInboxFault('edit_disabled');
    const recipientOptional = this.options.KEYINBOX_COMPAT.includes('0.15');
    const { message, sender, recipient: named } = parseEdit(parameters, this.gate.checksFor(request), recipientOptional);
    const storedId = this.keys.storedId(id);
    const recipient = named ?? (await this.recipientOf(storedId, sender));
    let rendered: ReturnType<typeof renderSent> | null = null;
    await this.editMessage.execute({
      space: SPACE,
      sender: sender.publicKey.mailbox,
      recipient: recipient.mailbox,
      wireId: storedId,
      // whether this key may edit the message is known before its text is looked at
      rewrite: async ({ revision }) => {
        const text = parseText(message, this.options.MESSAGE_MAX_SIZE);
        const payload = {
          id,
          digest: blake3Hex(text.content, text.subject),
          from: sender.publicKey.text,
          to: recipient.text,
          net: netInformation(request, this.options),
          subject: text.subject,
          content: text.content,
        };
        const sealed = await this.seal.sealMessage(payload, { storedId, recipient, revision }, sender.publicKey);
        rendered = renderSent(payload, sealed.content.body.length);
        return sealed;
      },
    });
    return success('Message edited.', rendered);
  }

  /**
   * Clients that do not name the recipient: the sender's own copy of the key tells who it is. The
   * recipient himself may come this far; the edit then finds that he is not the sender.
   */
  private async recipientOf(storedId: string, sender: PrivateKey): Promise<PublicKey> {
    const stored = await this.readMessage.asEither({ space: SPACE, mailbox: sender.publicKey.mailbox, wireId: storedId });
    const { to } = await this.seal.reader(sender).preview(stored);
    const recipient = this.keys.readPublic(to);
    assert(recipient !== null, 'a stored message has a usable recipient');
    return recipient;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type PacketDetails } from '../../storage/own/envelope/mailbox.repository.js';
import { type NewMessage } from '../../storage/append/new-message.js';
import { Store } from '../../storage/store.js';
import { CLOSED } from '../relations/kinds.js';
import { type OpenToken } from './access.js';
import { COUNTS, ENVELOPE } from './person.js';
import { newWireId } from './wire-ids.js';

/** A packet as its recipient is going to get it. Nothing here opens it. */
export interface SealedPart {
  /** chosen by the sender */
  readonly id: string;
  readonly algorithm: string;
  readonly data: Buffer;
  readonly password: Buffer;
  readonly kid?: string;
}

export interface DeliverPacketCommand {
  readonly token: OpenToken;
  readonly packet: SealedPart;
  /** equal for copies of one packet; 32 bytes */
  readonly digest: Buffer;
  /** what a mailbox may hold */
  readonly quota: { readonly messages: number; readonly bytes: number };
}

/** Stores a packet for the owner of the token it came with: at most once, within all limits, in one commit. */
@Injectable()
export class DeliverPacket {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * @returns what the message is called, and whether it was stored before
   * @throws DomainError unauthenticated: the token ended meanwhile; duplicate: another packet has this id;
   *   rate_limited: the token was used too often; quota_exceeded: the mailbox is full; overloaded
   */
  async execute(command: DeliverPacketCommand): Promise<{ messageId: string; replayed: boolean }> {
    const messageId = newWireId(this.ids);
    const outcome = await this.store.append(this.prepare(command, messageId));
    switch (outcome.kind) {
      case 'stored':
        return { messageId, replayed: false };
      case 'replayed':
        return { messageId: String(outcome.result), replayed: true };
      case 'mismatch':
        throw new DomainError('duplicate');
      case 'refused':
      case 'exhausted':
        throw new DomainError('unauthenticated');
      case 'throttled':
        throw new DomainError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil((outcome.retryAt.getTime() - this.clock.now()) / 1000)) });
      case 'full':
        throw new DomainError('quota_exceeded');
    }
  }

  private prepare({ token, packet, digest, quota }: DeliverPacketCommand, messageId: string): NewMessage {
    const { boxId } = token;
    const bytes = packet.data.length + packet.password.length;
    const details: PacketDetails = { packetId: packet.id, tokenId: token.wireId, ...(packet.kid === undefined ? {} : { kid: packet.kid }) };
    return {
      id: this.ids.next(),
      homeBox: boxId,
      space: ENVELOPE,
      wireId: messageId,
      senderId: null,
      contentKind: 'sealed',
      subject: '',
      body: packet.data,
      preview: null,
      algorithm: packet.algorithm,
      senderKey: null,
      inReplyTo: null,
      details,
      createdAt: new Date(this.clock.now()),
      deliveries: [{ recipientId: boxId, wireId: messageId, clientId: null, wrappedKey: packet.password, outcomeCode: null, dueAt: null, arrivalCount: COUNTS.arrived }],
      relations: [{ fromId: boxId, kind: CLOSED, toId: boxId, stands: false }],
      spends: [{ credentialId: token.id, bytes }],
      // a tombstone: it goes when the token can no longer be used, not before
      once: { boxId, scope: ENVELOPE, key: packet.id, digest, result: Buffer.from(messageId), expiresAt: null, credentialId: token.id },
      peerId: null,
      attachments: [],
      counts: [
        { boxId, label: COUNTS.arrived, delta: 1, max: Number.MAX_SAFE_INTEGER },
        { boxId, label: COUNTS.bytes, delta: bytes, max: quota.bytes },
        { boxId, label: COUNTS.kept, delta: 1, max: quota.messages },
      ],
      events: [{ boxId, id: this.ids.next(), kind: 'message.received' }],
    };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { type MailRow } from '../../storage/own/envelope/mailbox.repository.js';
import { Store } from '../../storage/store.js';
import { type SealedPart } from './deliver-packet.js';

/** A message as its recipient sees it. */
export interface Mail {
  readonly messageId: string;
  /** its place in the order of arrival, from 1 */
  readonly arrival: number;
  readonly receivedAt: Date;
  /** stored at the client */
  readonly acknowledgedAt: Date | null;
  /** bytes of the sealed message and its wrapped key */
  readonly size: number;
  /** the token it came with */
  readonly tokenId: string;
  /** null where it was not asked for */
  readonly packet: SealedPart | null;
}

/** What owners do with their mail. Messages of others are not there. */
@Injectable()
export class SealedMailbox {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns what arrived after a place, oldest first, at most `limit` */
  async page(boxId: Id, after: number, limit: number, withPackets: boolean): Promise<Mail[]> {
    return (await this.store.read((tx) => tx.own.envelope.mailbox.page(boxId, after, limit, withPackets))).map(mailOf);
  }

  async one(boxId: Id, messageId: string): Promise<Mail | null> {
    const row = await this.store.read((tx) => tx.own.envelope.mailbox.one(boxId, messageId));
    return row && mailOf(row);
  }

  /**
   * Notes that messages are stored at the client. Repeating changes nothing.
   * @param andRemove they go, and only their tombstones stay
   * @returns those that are, or were until now, there
   */
  async acknowledge(boxId: Id, messageIds: readonly string[], andRemove: boolean): Promise<string[]> {
    const at = new Date(this.clock.now());
    return this.store.run((tx) => {
      const { mailbox } = tx.own.envelope;
      return andRemove ? mailbox.remove(boxId, messageIds) : mailbox.acknowledge(boxId, messageIds, at);
    });
  }

  /** @returns false when it is not there */
  async remove(boxId: Id, messageId: string): Promise<boolean> {
    return (await this.store.run((tx) => tx.own.envelope.mailbox.remove(boxId, [messageId]))).length > 0;
  }

  /** @returns messages and bytes that are kept */
  async totals(boxId: Id): Promise<{ messages: number; bytes: number }> {
    const totals = await this.store.read((tx) => tx.own.envelope.mailbox.totals(boxId));
    return { messages: totals['kept'] ?? 0, bytes: totals['bytes'] ?? 0 };
  }
}

function mailOf(row: MailRow): Mail {
  const { packetId, kid, tokenId } = row.details;
  const packet = row.body && row.wrapped_key && { id: packetId, algorithm: row.algorithm, data: row.body, password: row.wrapped_key, ...(kid === undefined ? {} : { kid }) };
  return {
    messageId: row.wire_id,
    arrival: Number(row.arrival),
    receivedAt: row.created_at,
    acknowledgedAt: row.read_at,
    size: Number(row.size),
    tokenId,
    packet,
  };
}

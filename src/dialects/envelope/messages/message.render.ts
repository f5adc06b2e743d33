import { encodeBase64, writeDate } from '@polypost/envelope/codec';
import { type Mail } from '../../../core/envelope/sealed-mailbox.js';

/** A packet as its recipient gets it: everything but the token. */
export interface PacketObject {
  readonly id: string;
  readonly user_id: string;
  readonly data: string;
  readonly algorithm: string;
  readonly password: string;
  readonly kid?: string;
}

export interface MessageItem {
  readonly message_id: string;
  readonly cursor: string;
  readonly received_at: string;
  readonly size: number;
  readonly acked_at: string | null;
  readonly token_id: string;
  readonly folder: 'inbox';
  readonly packet?: PacketObject;
}

export interface MessagePage {
  readonly messages: readonly MessageItem[];
  /** where the next page begins; null where there is none yet */
  readonly next: string | null;
}

/** @param userId of the owner, which every packet in his mailbox names */
export function messageItem(mail: Mail, userId: string): MessageItem {
  const { packet } = mail;
  return {
    message_id: mail.messageId,
    cursor: cursorOf(mail.arrival),
    received_at: writeDate(mail.receivedAt.getTime()),
    size: mail.size,
    acked_at: mail.acknowledgedAt && writeDate(mail.acknowledgedAt.getTime()),
    token_id: mail.tokenId,
    folder: 'inbox',
    ...(packet && {
      packet: {
        id: packet.id, user_id: userId, data: encodeBase64(packet.data), algorithm: packet.algorithm, password: encodeBase64(packet.password),
        ...(packet.kid === undefined ? {} : { kid: packet.kid }),
      },
    }),
  };
}

const CURSOR = /^c([1-9]\d{0,14}|0)$/;

/** Opaque to clients. */
export function cursorOf(arrival: number): string {
  return `c${arrival}`;
}

/** @returns the place; null for what is no cursor of ours */
export function placeOf(cursor: string): number | null {
  const digits = CURSOR.exec(cursor)?.[1];
  return digits === undefined ? null : Number(digits);
}

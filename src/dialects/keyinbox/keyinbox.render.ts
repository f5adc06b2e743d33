import { type MessageHead, type ReadableMessage } from '../../core/messaging/message.js';
import { type Contract } from '../../core/keyinbox/contracts.js';
import { type MessageFacts, type MessagePayload, type NetInformation } from './keyinbox.payload.js';
import { type ContractPayload } from './keyinbox.seal.js';

const HIDDEN = '<hidden>';

/** Sender and recipient under the names of both generations of the protocol. */
function pairOf({ from, to }: Pick<MessageFacts, 'from' | 'to'>) {
  return { sender_public_key: from, receiver_public_key: to, from, to };
}

/** @param length bytes of the stored, sealed message */
export function renderSent(facts: Pick<MessageFacts, 'from' | 'to' | 'id' | 'digest'>, length: number) {
  return { pair: pairOf(facts), message_length: length, id: facts.id, message_blake3_digest: facts.digest };
}

/** One item of a list: the facts are those of the preview. */
export function renderListItem(head: MessageHead, { id, digest, from, to, subject, content }: MessageFacts) {
  return {
    id,
    created_at: unixSeconds(head.createdAt),
    is_modified: head.editedAt !== null,
    message_blake3_digest: digest,
    from,
    to,
    message: { subject, content },
  };
}

/** A message in full. The sender stands in it twice: under the oldest names, and in the pair. */
export function renderMessage(stored: ReadableMessage, payload: MessagePayload) {
  const { id, digest, from, to, subject, content } = payload;
  const createdAt = unixSeconds(stored.createdAt);
  return {
    id,
    manifest: {
      created_at: createdAt,
      updated_at: stored.editedAt === null ? createdAt : unixSeconds(stored.editedAt),
      is_modified: stored.editedAt !== null,
      message_blake3_digest: digest,
    },
    pair: pairOf(payload),
    sender: { public_key: from, ...renderNet(payload.net) },
    sent_to: to,
    size: stored.body.length,
    message: { subject, content },
  };
}

/** A contract in full. `expires` is the time its signer had, in seconds. */
export function renderContract(stored: Pick<Contract, 'issuedAt' | 'expiresAt' | 'signed' | 'decidedAt'>, payload: ContractPayload) {
  return {
    id: payload.id,
    issued: unixSeconds(stored.issuedAt),
    expires: Math.round((stored.expiresAt.getTime() - stored.issuedAt.getTime()) / 1000),
    message: payload.message,
    issuer: { public_key: payload.issuer },
    signer: { public_key: payload.signer },
    status: { sign_status: stored.signed, date: stored.decidedAt === null ? null : unixSeconds(stored.decidedAt) },
  };
}

/** One item of a list of contracts. */
export function renderContractItem(stored: Contract, payload: ContractPayload) {
  return {
    id: payload.id,
    issued: unixSeconds(stored.issuedAt),
    from: payload.issuer,
    to: payload.signer,
    message: payload.message,
    sign_status: stored.signed,
  };
}

function renderNet(net: NetInformation | null): { ip_address: string; useragent: string } {
  return net === null ? { ip_address: HIDDEN, useragent: HIDDEN } : { ip_address: net.ip, useragent: net.userAgent };
}

function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

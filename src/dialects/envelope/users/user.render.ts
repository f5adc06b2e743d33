import { writeDate } from '@polypost/envelope/codec';
import { type Person } from '../../../core/envelope/person.js';
import { acceptedSuites } from '../messages/deliver.flow.js';

/** What a sender has to know of somebody. */
export interface KeyObject {
  readonly user_id: string;
  readonly address: string;
  readonly identity_key: string;
  readonly encryption_key: string;
  readonly key_created: string | null;
  readonly key_signature: string | null;
  readonly accept_algorithms: readonly string[];
}

/** What somebody is shown of himself. */
export interface OwnObject extends KeyObject {
  readonly name: string;
  readonly discoverable: boolean;
  readonly retention_days: number | null;
  readonly delete_on_ack: boolean;
  readonly created_at: string;
  readonly earlier_keys: readonly { readonly kid: string; readonly encryption_key: string; readonly until: string }[];
  readonly usage: { readonly messages: number; readonly bytes: number };
}

/** @param ofToken suites of the token that asked */
export function keyObject(person: Person, host: string, ofToken: readonly string[] | null = null): KeyObject {
  const { identity, encryption, keyCreated, keySignature } = person.keys;
  return {
    user_id: person.userId,
    address: addressOf(person, host),
    identity_key: identity.key,
    encryption_key: encryption.key,
    key_created: keyCreated,
    key_signature: keySignature,
    accept_algorithms: acceptedSuites(person, ofToken),
  };
}

export function ownObject(person: Person, host: string, usage: { messages: number; bytes: number }): OwnObject {
  const { discoverable, retentionDays, deleteOnAck, earlier } = person.keys;
  return {
    ...keyObject(person, host),
    name: person.name,
    discoverable,
    retention_days: retentionDays,
    delete_on_ack: deleteOnAck,
    created_at: writeDate(person.createdAt.getTime()),
    earlier_keys: earlier.map(({ key, fingerprint, until }) => ({ kid: fingerprint, encryption_key: key, until })),
    usage,
  };
}

export function addressOf(person: Person, host: string): string {
  return `${person.name}@${host}`;
}

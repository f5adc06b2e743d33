import { parseDate } from '../base/dates.js';
import { type ContactCard } from './card.js';
import { type KnownServer } from './discovery.js';
import { TrustError } from './errors.js';

/** Somebody to write to, and whom messages may come from. */
export interface Contact {
  /** name@host[:port] */
  readonly address: string;
  readonly user_id: string;
  /** pin: fingerprint of the identity key */
  readonly identity_fp: string;
  readonly server_fp: string;
  readonly token: string;
  readonly issued_at: string;
}

/** What a client remembers of others. Kept as one value, so that a store has to load and save only. */
export interface Memory {
  /** by address */
  readonly contacts: Readonly<Record<string, Contact>>;
  /** by host */
  readonly servers: Readonly<Record<string, KnownServer>>;
  /** message id by fingerprint of the sender's key and packet id, oldest first */
  readonly seen: Readonly<Record<string, string>>;
}

/** Where the memory is kept. `save` replaces all of it at once. */
export interface MemoryStore {
  load(): Promise<Memory>;
  save(memory: Memory): Promise<void>;
  /** Runs work while no other process changes the memory, where several share it. */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

const SEEN_MAX = 100_000;
const EMPTY: Memory = { contacts: {}, servers: {}, seen: {} };

/** A store that forgets with the process. */
export class VolatileStore implements MemoryStore {
  private memory: Memory = EMPTY;

  async load(): Promise<Memory> {
    return this.memory;
  }

  async save(memory: Memory): Promise<void> {
    this.memory = memory;
  }
}

/** Pins, tokens and what was seen. One object per store; changes are saved one after another. */
export class Contacts {
  private saving: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: MemoryStore = new VolatileStore()) {}

  /** All contacts, by address. */
  async list(): Promise<readonly Contact[]> {
    return Object.values((await this.load()).contacts);
  }

  /** The contact of an address. */
  async find(address: string): Promise<Contact | undefined> {
    const { contacts } = await this.load();
    return Object.hasOwn(contacts, address) ? contacts[address] : undefined;
  }

  /** The contact whose identity key has this fingerprint. */
  async findByKey(fingerprint: string): Promise<Contact | undefined> {
    return (await this.list()).find((contact) => contact.identity_fp === fingerprint);
  }

  /**
   * Takes a card that came by a way one trusts. It replaces the contact's token; a key that is
   * pinned already is not replaced.
   *
   * @param replacePin whether another identity key is accepted
   * @throws TrustError `key_changed`
   */
  async add(card: ContactCard, replacePin = false): Promise<Contact> {
    return this.change(async (memory) => {
      const held = Object.hasOwn(memory.contacts, card.address) ? memory.contacts[card.address] : undefined;
      if (held !== undefined && held.identity_fp !== card.identity_fp && !replacePin) {
        throw new TrustError('key_changed', 'Another identity key is pinned for this contact.');
      }
      return this.put(memory, card);
    });
  }

  /**
   * Takes a card that came in a message of its owner: only from the pinned key, and only one that
   * is newer than what is held.
   *
   * @param sender fingerprint of the key that signed the message
   * @returns whether it was taken
   */
  async renew(card: ContactCard, sender: string): Promise<boolean> {
    return this.change(async (memory) => {
      const held = Object.hasOwn(memory.contacts, card.address) ? memory.contacts[card.address] : undefined;
      const isOwn = held !== undefined && held.identity_fp === sender && card.identity_fp === sender;
      if (!isOwn || time(card.issued_at) <= time(held.issued_at)) return [memory, false];
      return [this.put(memory, card)[0], true];
    });
  }

  /** Forgets a contact and its pin. @returns whether there was one */
  async remove(address: string): Promise<boolean> {
    return this.change(async (memory) => {
      const found = Object.hasOwn(memory.contacts, address);
      return [{ ...memory, contacts: Object.fromEntries(Object.entries(memory.contacts).filter(([name]) => name !== address)) }, found];
    });
  }

  /** What is known of a host. */
  async server(host: string): Promise<KnownServer | undefined> {
    const { servers } = await this.load();
    return Object.hasOwn(servers, host) ? servers[host] : undefined;
  }

  /** Remembers a host's document, and with it the pin of its identity key. */
  async rememberServer(host: string, server: KnownServer): Promise<void> {
    await this.change(async (memory) => [{ ...memory, servers: { ...memory.servers, [host]: server } }, undefined]);
  }

  /**
   * Remembers that a message was seen.
   *
   * @param sender fingerprint of its key
   * @param messageId what the mailbox calls it
   * @returns whether the same packet of the same key was seen before as another message
   */
  async see(sender: string, packetId: string, messageId: string): Promise<boolean> {
    const key = `${sender} ${packetId}`;
    return this.change(async (memory) => {
      const before = Object.hasOwn(memory.seen, key) ? memory.seen[key] : undefined;
      if (before !== undefined) return [memory, before !== messageId];
      const entries = [...Object.entries(memory.seen), [key, messageId] as const].slice(-SEEN_MAX);
      return [{ ...memory, seen: Object.fromEntries(entries) }, false];
    });
  }

  private put(memory: Memory, card: ContactCard): [Memory, Contact] {
    const { address, user_id, identity_fp, server_fp, token, issued_at } = card;
    const contact = { address, user_id, identity_fp, server_fp, token, issued_at };
    return [{ ...memory, contacts: { ...memory.contacts, [address]: contact } }, contact];
  }

  /** Always what is kept now: another process may have changed it. */
  private load(): Promise<Memory> {
    return this.store.load();
  }

  private async change<T>(work: (memory: Memory) => Promise<readonly [Memory, T]>): Promise<T> {
    const turn = this.saving.then(() => (this.store.exclusively === undefined ? this.apply(work) : this.store.exclusively(() => this.apply(work))));
    this.saving = turn.catch(() => undefined);
    return turn;
  }

  private async apply<T>(work: (memory: Memory) => Promise<readonly [Memory, T]>): Promise<T> {
    const before = await this.load();
    const [after, result] = await work(before);
    if (after !== before) await this.store.save(after);
    return result;
  }
}

function time(text: string): number {
  return parseDate(text) ?? Number.NEGATIVE_INFINITY;
}

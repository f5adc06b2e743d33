import { type Backend } from '../backend/backend.js';
import { currentEncryptionKey, type Identity } from '../identity/identity.js';
import { type PrivateKey } from '../keys/private-key.js';
import { SUITE_IDS, type SuiteId } from '../suites/registry.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { writeDate } from '../base/dates.js';
import { type Packet } from '../outer/packet.js';
import { type Body } from '../outer/seal.js';
import { Account, type MailItem, type TokenWish } from './account.js';
import { type Address, parseAddress } from './address.js';
import { type ContactCard } from './card.js';
import { type Contact, Contacts } from './contacts.js';
import { discover, type DiscoveryContext, isExpired, type KnownServer } from './discovery.js';
import { RefusedError, TrustError } from './errors.js';
import { call, fileForm, type Transport } from './http.js';
import { checkKeyObject, type RecipientKeys } from './recipient.js';
import { receive, type Received } from './receive.js';
import { composeBody, composePacket, type Content, deliver, newPacketId, type Patience, type Receipt } from './send.js';
import { type Desk, register, type Registration, type SessionGrant, text } from './session.js';

/** What a client may be told. */
export interface ClientOptions {
  /** where pins, tokens and what was seen are kept; in memory by default */
  readonly contacts?: Contacts;
  /** suites in the order they are wanted; for both layers */
  readonly preference?: readonly SuiteId[];
  /** http to this machine, for trials; false by default */
  readonly allowHttp?: boolean;
  /** ms to wait for an answer, 15 s by default */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** ms since 1970 */
  readonly now?: () => number;
  readonly patience?: Patience;
}

/** Who writes. */
export interface Author {
  readonly identity: PrivateKey;
  /** the address to claim; shown, never believed */
  readonly from?: string;
}

const TIMEOUT_MS = 15_000;

/** A client: finds servers, sends to contacts, registers, opens what comes. */
export class EnvelopeClient {
  readonly contacts: Contacts;
  private readonly transport: Transport;
  private readonly preference: readonly SuiteId[];
  private readonly discovery: DiscoveryContext;
  private readonly patience: Patience;

  constructor(
    private readonly backend: Backend,
    options: ClientOptions = {},
  ) {
    this.contacts = options.contacts ?? new Contacts();
    this.transport = { fetch: options.fetch ?? ((...args) => fetch(...args)), timeoutMs: options.timeoutMs ?? TIMEOUT_MS };
    this.preference = options.preference ?? SUITE_IDS;
    const now = options.now ?? systemTime;
    this.discovery = { backend, transport: this.transport, allowHttp: options.allowHttp ?? false, now };
    this.patience = options.patience ?? { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)), chance: () => fraction(backend) };
  }

  /**
   * What is known of a host, asked for where it is not known or has expired.
   *
   * @param pin fingerprint of its identity key, from a contact card
   * @param isFresh whether to ask in any case
   * @throws TrustError, RefusedError, NetworkError
   */
  async discover(host: string, pin?: string, isFresh = false): Promise<KnownServer> {
    const held = await this.contacts.server(host);
    if (held !== undefined && !isFresh && !isExpired(held, this.discovery.now()) && (pin === undefined || pin === held.identity)) return held;
    const found = await discover(this.discovery, host, held, pin);
    await this.contacts.rememberServer(host, found);
    return found;
  }

  /**
   * Signs, seals and delivers a message to a contact.
   *
   * @throws RefusedError, NetworkError, TrustError, EnvelopeError, JcsError
   */
  async send(contact: Contact, content: Content, author: Author): Promise<Receipt> {
    const id = newPacketId(this.backend);
    try {
      return await this.post(contact, await this.compose(contact, content, author, id));
    } catch (error) {
      // the recipient's key was changed since we asked; nothing was stored, so the id is still free
      if (!(error instanceof RefusedError) || error.code !== 'unknown_user_key') throw error;
      return this.post(contact, await this.compose(contact, content, author, id));
    }
  }

  /** Makes the body of a message without sending it. */
  async seal(contact: Contact, content: Content, author: Author): Promise<Body> {
    const packet = await this.compose(contact, content, author, newPacketId(this.backend));
    return composeBody(this.backend, packet, await this.serverOf(contact), this.preference);
  }

  /** Keys of a contact, as his server shows them to the holder of his token, checked against the pin. */
  async recipientKeys(contact: Contact): Promise<RecipientKeys> {
    const { document } = await this.serverOf(contact);
    const url = `${document.base_url}/api/v1/user/${encodeURIComponent(contact.user_id)}/key`;
    const { body } = await call(this.transport, url, { authorization: `Token ${contact.token}` });
    const keys = await checkKeyObject(this.backend, body, contact.identity_fp);
    if (keys.user_id !== contact.user_id) throw new TrustError('wrong_user', 'The server answers with the keys of another user.');
    return keys;
  }

  /** Keeps a sealed file at a contact's server, with a token of scope `attach`. @returns attachment_id, size, sha256 */
  async upload(contact: Contact, data: Uint8Array): Promise<Record<string, unknown>> {
    const { document } = await this.serverOf(contact);
    const options = { method: 'POST', authorization: `Token ${contact.token}`, body: fileForm(data) } as const;
    return (await call(this.transport, `${document.base_url}/api/v1/attachment`, options)).body;
  }

  /** Keys of somebody who lets himself be found by name. @returns undefined when he does not, or does not exist */
  async lookUp(address: string): Promise<(RecipientKeys & { readonly token?: string }) | undefined> {
    const { name, host } = parseAddress(address);
    const { document } = await this.discover(host);
    try {
      const { body } = await call(this.transport, `${document.base_url}/api/v1/directory/${encodeURIComponent(name)}`);
      const keys = await checkKeyObject(this.backend, body);
      return typeof body.token === 'string' ? { ...keys, token: body.token } : keys;
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Registers a name. @throws RefusedError, NetworkError, TrustError */
  async register(address: Address, identity: Identity, invite?: string): Promise<Registration> {
    return register(await this.desk(address), address, identity, invite);
  }

  /** One's own account. @param grant a session from before */
  async account(address: Address, identity: Identity, grant?: SessionGrant, onGrant?: (grant: SessionGrant) => Promise<void>): Promise<Account> {
    return new Account(await this.desk(address), address.name, identity, grant, onGrant);
  }

  /**
   * A card for one contact, with a token of its own: it can be revoked alone, and what comes with it
   * comes from this contact. Who does not want his server to tell contacts apart gives one token to
   * many, through `card`.
   *
   * @returns the card, and what the server said of the token
   */
  async newCard(
    account: Pick<Account, 'tokens'>,
    address: Address,
    userId: string,
    identity: Identity,
    wish: TokenWish = {},
  ): Promise<{ readonly card: ContactCard; readonly token: Readonly<Record<string, unknown>> }> {
    const token = await account.tokens.create(wish);
    return { card: await this.card(address, userId, identity, text(token, 'token')), token };
  }

  /** A card for somebody who may write to us with this token. */
  async card(address: Address, userId: string, identity: Identity, token: string): Promise<ContactCard> {
    const { document, identity: server } = await this.discover(address.host);
    return {
      v: 1,
      address: `${address.name}@${address.host}`,
      base_url: document.base_url,
      user_id: userId,
      token,
      identity_fp: await fingerprintOf(this.backend, identity.identity.publicKey),
      server_fp: server,
      algorithms: [...document.algorithms],
      issued_at: writeDate(this.discovery.now()),
    };
  }

  /**
   * Opens a message of the mailbox.
   *
   * @param isDirectoryAsked whether the directory of an unknown sender's host is asked for his key; that host learns of it
   * @throws EnvelopeError
   */
  async open(item: MailItem, identity: Identity, tokenCreatedAt?: string, isDirectoryAsked = false): Promise<Received> {
    currentEncryptionKey(identity);
    const lookUp = async (address: string): Promise<string | undefined> => (await this.lookUp(address).catch(() => undefined))?.identity;
    const context = { backend: this.backend, identity, contacts: this.contacts, now: this.discovery.now() };
    return receive({ ...context, ...(isDirectoryAsked && { lookUp }), ...(tokenCreatedAt !== undefined && { tokenCreatedAt }) }, item);
  }

  private async compose(contact: Contact, content: Content, author: Author, id: string): Promise<Packet> {
    const keys = await this.recipientKeys(contact);
    const sender = { identity: author.identity, preference: this.preference, now: this.discovery.now(), id };
    return composePacket(this.backend, contact, keys, { ...(author.from !== undefined && { from: author.from }), ...content }, sender);
  }

  private async post(contact: Contact, packet: Packet): Promise<Receipt> {
    const { host } = parseAddress(contact.address);
    return deliver(
      {
        ...this.patience,
        transport: this.transport,
        server: await this.serverOf(contact),
        seal: (server) => composeBody(this.backend, packet, server, this.preference),
        discover: () => this.discover(host, contact.server_fp, true),
      },
      packet.id,
    );
  }

  private serverOf(contact: Contact): Promise<KnownServer> {
    return this.discover(parseAddress(contact.address).host, contact.server_fp);
  }

  private async desk(address: Address): Promise<Desk> {
    return { backend: this.backend, transport: this.transport, server: await this.discover(address.host), now: this.discovery.now };
  }
}

/** 0 to below 1. */
function fraction(backend: Backend): number {
  return backend.random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32;
}

function systemTime(): number {
  // eslint-disable-next-line no-restricted-syntax -- the one clock of a client, replaced through its options
  return Date.now();
}

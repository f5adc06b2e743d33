import { encodeBase64, PROTOCOL, type ServerDocument, serverDocumentInput, sign, suitesFor, writeDate } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { sha256 } from '../../../crypto/digests.js';
import { type Clock } from '../../../kernel/clock.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { malformed, notFound } from '../envelope.faults.js';
import { type EnvelopeSettings, envelopeSettings } from '../envelope.settings.js';
import { type KeyRingOfServer, type LiveKey, ServerKeys } from './server-keys.js';

/** A document is written anew after this time at the latest; clients keep it for an hour. */
const RENEWED_MS = 30 * 60_000;
const VALID_MS = 24 * 60 * 60_000;

/** A document as it is sent. */
export interface SignedDocument {
  readonly body: string;
  readonly etag: string;
}

/** One key, for clients that take no document. */
export interface KeyAnswer {
  readonly kid: string;
  readonly public_key: string;
  readonly algorithms: readonly string[];
  readonly not_after: string;
}

/** What this server says of itself. Two processes say the same, byte for byte. */
@Injectable()
export class DiscoveryFlow {
  private readonly settings: EnvelopeSettings;
  private readonly limits: Readonly<Record<string, number>>;
  private written: { readonly ring: KeyRingOfServer; readonly issuedMs: number; readonly document: SignedDocument } | null = null;

  constructor(
    @Inject(Config) config: Config,
    @Inject(ServerKeys) private readonly keys: ServerKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const variables = config.section(EnvelopeVariables);
    this.settings = envelopeSettings(config);
    this.limits = { body_bytes: variables.ENVELOPE_BODY_LIMIT, attachment_bytes: variables.ENVELOPE_ATTACHMENT_MAX };
  }

  /** The signed document. @throws DomainError overloaded */
  async document(): Promise<SignedDocument> {
    const ring = await this.keys.all();
    // rounded, so that every process issues the same one; never before its newest key
    const now = this.clock.now();
    const issuedMs = Math.max(now - (now % RENEWED_MS), ring.changedAt.getTime());
    if (this.written?.ring === ring && this.written.issuedMs === issuedMs) return this.written.document;
    const document = this.write(ring, issuedMs);
    this.written = { ring, issuedMs, document };
    return document;
  }

  /** The current key of a kind. @throws EnvelopeFault malformed_request, not_found; DomainError overloaded */
  async key(type: unknown): Promise<KeyAnswer> {
    if (type !== 'rsa' && type !== 'x25519') throw malformed();
    const { live } = await this.keys.all();
    const key = live.find(({ kind, isCurrent }) => kind === type && isCurrent);
    if (!key || this.algorithmsOf(key).length === 0) throw notFound();
    return { kid: key.kid, public_key: key.publicKey, algorithms: this.algorithmsOf(key), not_after: writeDate(key.notAfter.getTime()) };
  }

  private write(ring: KeyRingOfServer, issuedMs: number): SignedDocument {
    const { host, baseUrl, suites, registration } = this.settings;
    const unsigned: Omit<ServerDocument, 'signature'> = {
      protocol: PROTOCOL,
      host,
      base_url: baseUrl,
      identity_key: ring.identityPem,
      keys: ring.live
        .filter((key) => this.algorithmsOf(key).length > 0)
        .map((key) => ({
          kid: key.kid, public_key: key.publicKey, algorithms: this.algorithmsOf(key), status: key.isCurrent ? 'current' : 'previous',
          not_after: writeDate(key.notAfter.getTime()),
        })),
      algorithms: suites,
      limits: this.limits,
      registration,
      issued_at: writeDate(issuedMs),
      expires_at: writeDate(issuedMs + VALID_MS),
    };
    const signature = encodeBase64(sign(ring.identity, 'EdDSA', serverDocumentInput({ ...unsigned })));
    const body = JSON.stringify({ ...unsigned, signature });
    return { body, etag: `"${sha256(body).toString('hex').slice(0, 32)}"` };
  }

  private algorithmsOf({ kind }: Pick<LiveKey, 'kind'>): readonly string[] {
    return suitesFor(kind).filter((id) => this.settings.suites.includes(id));
  }
}

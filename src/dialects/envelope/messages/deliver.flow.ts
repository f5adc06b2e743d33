import { decodeBase64, openOuter, type OuterBody, type Packet, packetDigest, parseOuterBody, parsePacket, suitesFor } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { type OpenToken } from '../../../core/envelope/access.js';
import { DeliverPacket } from '../../../core/envelope/deliver-packet.js';
import { type Person } from '../../../core/envelope/person.js';
import { constantTimeEqual } from '../../../crypto/constant-time.js';
import { sha256 } from '../../../crypto/digests.js';
import { type BodyReader, bodyReader } from '../../../http/raw-body.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { readObject, requireJson } from '../envelope.body.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, worded } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { type EnvelopeSettings, envelopeSettings } from '../envelope.settings.js';
import { CryptoQueue } from '../keys/crypto-queue.js';
import { ServerKeys } from '../keys/server-keys.js';

/** What a sender gets. */
export interface Delivered {
  readonly messageId: string;
  readonly replayed: boolean;
}

/** Nobody's user id: what is compared where a token opens nothing. */
const NOBODY = '0';

/**
 * `POST /api/v1/message`: the steps of the contract's section 7, in their order. A body with several
 * faults is told of the first; nothing about people is asked before the token is looked up.
 */
@Injectable()
export class DeliverFlow {
  private readonly variables: Readonly<EnvelopeVariables>;
  private readonly settings: EnvelopeSettings;
  private readonly read: BodyReader;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(CryptoQueue) private readonly queue: CryptoQueue,
    @Inject(ServerKeys) private readonly keys: ServerKeys,
    @Inject(DeliverPacket) private readonly deliverPacket: DeliverPacket,
  ) {
    this.variables = config.section(EnvelopeVariables);
    this.settings = envelopeSettings(config);
    this.read = bodyReader(this.variables.ENVELOPE_BODY_LIMIT);
  }

  /** @throws EnvelopeFault, DomainError as the contract has it */
  async deliver(request: Request, response: Response): Promise<Delivered> {
    this.gate.admitDelivery(request);
    try {
      return await this.steps(request, response);
    } catch (error) {
      if (isRefusal(error)) this.gate.noteFailure(request);
      throw error;
    }
  }

  private async steps(request: Request, response: Response): Promise<Delivered> {
    const bytes = await this.read(request, response);
    requireJson(request);
    const { suites } = this.settings;
    const body = worded(suites, () => parseOuterBody(readObject(bytes, this.variables.ENVELOPE_JSON_DEPTH), suites));
    const named = body.kid === undefined ? null : await this.keys.named(body.kid);
    if (body.kid !== undefined && !named) throw new EnvelopeFault('unknown_server_key');
    const candidates = named ? [named] : await this.keys.forSuite(body.suite);
    const packet = await this.open(body, candidates.map((key) => key.outer));
    const token = await this.opened(packet);
    checkInner(packet, token);
    return this.deliverPacket.execute({
      token,
      packet: { id: packet.id, algorithm: packet.algorithm, data: decoded(packet.data), password: decoded(packet.password), ...(packet.kid === undefined ? {} : { kid: packet.kid }) },
      digest: Buffer.from(packetDigest(packet)),
      quota: { messages: this.variables.ENVELOPE_MAILBOX_MESSAGES, bytes: this.variables.ENVELOPE_MAILBOX_BYTES },
    }).catch((error: unknown) => {
      // the token ended between the look at it and the commit
      throw error instanceof DomainError && error.code === 'unauthenticated' ? new EnvelopeFault('bad_token') : error;
    });
  }

  /** Steps 6 to 8. */
  private async open(body: OuterBody, keys: Parameters<typeof openOuter>[0]): Promise<Packet> {
    const plaintext = await this.queue.run(() => openOuter(keys, body.suite, body.password, body.data));
    if (plaintext === undefined) throw new EnvelopeFault('undecryptable');
    const { ENVELOPE_PACKET_LIMIT: packetBytes, ENVELOPE_JSON_DEPTH: jsonDepth } = this.variables;
    return worded(this.settings.suites, () => parsePacket(plaintext, { packetBytes, jsonDepth }));
  }

  /** Step 9: one look-up by the hash of the token, one comparison, one refusal for everything. */
  private async opened(packet: Packet): Promise<OpenToken> {
    const token = await this.gate.openToken(packet.token);
    const isOwner = constantTimeEqual(sha256(token?.owner.userId ?? NOBODY), sha256(packet.user_id));
    if (!token || !isOwner || !token.scopes.includes('deliver')) throw new EnvelopeFault('bad_token');
    return token;
  }
}

/**
 * Suites that the inner part may be sealed with: those that fit the owner's key, less what he and his
 * token leave out.
 */
export function acceptedSuites(owner: Person, ofToken: readonly string[] | null = null): readonly string[] {
  const { encryption, acceptAlgorithms } = owner.keys;
  return suitesFor(encryption.type).filter((id) => (acceptAlgorithms?.includes(id) ?? true) && (ofToken?.includes(id) ?? true));
}

/** Step 10. */
function checkInner(packet: Packet, { owner, acceptAlgorithms }: OpenToken): void {
  const accepted = acceptedSuites(owner, acceptAlgorithms);
  if (!accepted.includes(packet.algorithm)) throw new EnvelopeFault('algorithm_not_accepted', { accepted });
  if (packet.kid !== undefined && packet.kid !== owner.keys.encryption.fingerprint) throw new EnvelopeFault('unknown_user_key');
}

/** It was checked when the packet was read. */
function decoded(base64: string): Buffer {
  const bytes = decodeBase64(base64);
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.alloc(0);
}

/** What a client did wrong, not what this server could not do. */
function isRefusal(error: unknown): boolean {
  return error instanceof EnvelopeFault || (error instanceof DomainError && ['payload_too_large', 'malformed_body', 'duplicate'].includes(error.code));
}

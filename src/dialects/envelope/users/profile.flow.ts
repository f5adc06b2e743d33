import { parsePublicKey, suitesFor, USER_NAME } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { type OpenSession } from '../../../core/envelope/access.js';
import { People, type PersonSettings } from '../../../core/envelope/people.js';
import { SealedMailbox } from '../../../core/envelope/sealed-mailbox.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { givenKey, givenStatement } from '../auth/proofs.js';
import { Members } from '../envelope.body.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, malformed, notFound } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { envelopeSettings } from '../envelope.settings.js';
import { kept } from './registration.flow.js';
import { type KeyObject, keyObject, type OwnObject, ownObject } from './user.render.js';

const RETENTION_DAYS_MAX = 36_500;

/** What owners see and change of themselves, and what others may know of them. */
@Injectable()
export class ProfileFlow {
  private readonly host: string;
  private readonly keyMax: number;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(People) private readonly people: People,
    @Inject(SealedMailbox) private readonly mailbox: SealedMailbox,
  ) {
    this.host = envelopeSettings(config).host;
    this.keyMax = config.section(EnvelopeVariables).ENVELOPE_KEY_LIMIT;
  }

  async own({ owner, boxId }: OpenSession): Promise<OwnObject> {
    return ownObject(owner, this.host, await this.mailbox.totals(boxId));
  }

  /** @throws EnvelopeFault malformed_request */
  async change(session: OpenSession, body: unknown): Promise<OwnObject> {
    const members = new Members(body);
    const settings: { -readonly [K in keyof PersonSettings]: PersonSettings[K] } = {};
    const discoverable = members.flag('discoverable');
    if (discoverable !== undefined) settings.discoverable = discoverable;
    const deleteOnAck = members.flag('delete_on_ack');
    if (deleteOnAck !== undefined) settings.deleteOnAck = deleteOnAck;
    const retentionDays = members.wholeOrNull('retention_days', 1, RETENTION_DAYS_MAX);
    if (retentionDays !== undefined) settings.retentionDays = retentionDays;
    const acceptAlgorithms = members.isNull('accept_algorithms') ? null : members.words('accept_algorithms', suitesFor(session.owner.keys.encryption.type));
    if (acceptAlgorithms !== undefined) settings.acceptAlgorithms = acceptAlgorithms;
    const owner = await this.people.change(session.owner.id, settings);
    return this.own({ ...session, owner });
  }

  /** @throws EnvelopeFault malformed_request, unsupported_key, bad_proof */
  async rotateKey(session: OpenSession, body: unknown): Promise<OwnObject> {
    const members = new Members(body);
    const encryption = givenKey(members, 'encryption_key', this.keyMax);
    if (!encryption) throw malformed();
    if (encryption.type === 'ed25519') throw new EnvelopeFault('unsupported_key');
    const statement = givenStatement(members, parsePublicKey(session.owner.keys.identity.key), encryption.publicKey);
    const owner = await this.people.rotateKey(session.owner.id, { encryption: kept(encryption), ...statement }).catch((error: unknown) => {
      throw error instanceof DomainError && error.code === 'conflict' ? malformed() : error;
    });
    return this.own({ ...session, owner });
  }

  leave(session: OpenSession): Promise<void> {
    return this.people.leave(session.owner);
  }

  /** For the holder of a token of that very person. @throws EnvelopeFault not_found, the same for everything else; DomainError rate_limited */
  async keyOf(userId: string, request: Request): Promise<KeyObject> {
    const token = await this.gate.token(request);
    if (!token || token.owner.userId !== userId || !token.scopes.includes('key')) throw notFound();
    return keyObject(token.owner, this.host, token.acceptAlgorithms);
  }

  /** @throws EnvelopeFault not_found, the same for names that nobody has and people who do not want to be found; DomainError rate_limited */
  async directory(name: string, request: Request): Promise<KeyObject> {
    this.gate.take('envelope.directory', request);
    const asked = name.toLowerCase();
    const person = USER_NAME.test(asked) ? await this.people.byName(asked) : null;
    if (!person || !person.keys.discoverable || person.disabledAt !== null) throw notFound();
    return keyObject(person, this.host);
  }
}

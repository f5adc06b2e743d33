import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { type Contract, Contracts } from '../../../core/keyinbox/contracts.js';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxFault } from '../keyinbox.faults.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys, type PrivateKey } from '../keyinbox.keys.js';
import { type Parameters, required, text } from '../keyinbox.parameters.js';
import { parseContract, parseSenderSide, parseTerm, requiredPrivateKey } from '../keyinbox.parse.js';
import { renderContract } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { isSkyIdShape, makeSkyId } from '../sky-id.js';
import { CONTRACT_BYTES_MAX, CONTRACT_SECONDS_MAX } from './contract.limits.js';

/** Contracts: a text that one key asks another to sign or refuse, once. */
@Injectable()
export class ContractFlow {
  private readonly instance: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(Contracts) private readonly contracts: Contracts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {
    this.instance = config.section(KeyInboxVariables).SKYID_INSTANCE;
  }

  /** POST /sign. @throws KeyInboxFault */
  async create(parameters: Parameters, request: Request): Promise<Envelope> {
    const limits = { bytesMax: CONTRACT_BYTES_MAX, secondsMax: CONTRACT_SECONDS_MAX };
    const { issuer, signer, message, expiresSeconds } = parseContract(parameters, this.gate.checksFor(request), limits);
    const id = makeSkyId(this.clock, this.ids, this.instance);
    const wireId = this.keys.storedId(id);
    const issuedAt = new Date(this.clock.now());
    const expiresAt = new Date(issuedAt.getTime() + expiresSeconds * 1000);
    const payload = { id, message, issuer: issuer.publicKey.text, signer: signer.text };
    const sealed = await this.seal.sealContract(payload, wireId, issuer.publicKey, signer);
    await this.contracts.create({
      issuer: issuer.publicKey.mailbox,
      signer: signer.mailbox,
      wireId,
      ...sealed,
      issuedAt,
      expiresAt,
    });
    const times = { issuedAt, expiresAt, signed: null, decidedAt: null };
    return success('Contract created.', renderContract(times, payload));
  }

  /** POST /sign/{term} and PUT /sign/{id}. @throws KeyInboxFault, DomainError message_not_found, already_decided */
  async decide(term: unknown, id: unknown, parameters: Parameters, request: Request): Promise<Envelope> {
    const wanted = parseTerm(term);
    const party = requiredPrivateKey(parameters, this.gate.checksFor(request));
    const wireId = this.storedId(id);
    if (wanted === 'view') return this.show(await this.contracts.find({ party: party.publicKey.mailbox, wireId }), party);
    const command = { signer: party.publicKey.mailbox, wireId, signed: wanted === 'sign' };
    const decided = await this.contracts.decide(command).catch((error: unknown) => {
      throw error instanceof DomainError && error.code === 'conflict' ? new KeyInboxFault('contract_expired') : error;
    });
    return this.show(decided, party, wanted === 'sign' ? 'Contract signed.' : 'Contract refused.');
  }

  /** GET /sign with an id: only its two parties see a contract. @throws KeyInboxFault, DomainError message_not_found */
  async find(parameters: Parameters, request: Request): Promise<Envelope> {
    const { sender: party, recipient: named } = parseSenderSide(parameters, this.gate.checksFor(request));
    const stored = await this.contracts.find({ party: party.publicKey.mailbox, wireId: this.storedId(parameters.id) });
    const { issuer, signer } = await this.seal.reader(party).contract(stored);
    if (named.text !== issuer && named.text !== signer) throw new DomainError('message_not_found');
    return this.show(stored, party);
  }

  /** GET /sign/{id}. @throws KeyInboxFault, DomainError message_not_found */
  async findById(id: string, parameters: Parameters, request: Request): Promise<Envelope> {
    const party = requiredPrivateKey(parameters, this.gate.checksFor(request));
    return this.show(await this.contracts.find({ party: party.publicKey.mailbox, wireId: this.storedId(id) }), party);
  }

  private storedId(id: unknown): string {
    const given = text('id', required('id', id));
    // what cannot be an id is simply not there
    if (!isSkyIdShape(given)) throw new DomainError('message_not_found');
    return this.keys.storedId(given);
  }

  private async show(stored: Contract, party: PrivateKey, said = 'Contract read.'): Promise<Envelope> {
    return success(said, renderContract(stored, await this.seal.reader(party).contract(stored)));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { PublicIdentities } from '../../../core/keyinbox/public-identities.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { type Envelope, success } from '../keyinbox.envelope.js';
import { KeyInboxFault } from '../keyinbox.faults.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { KeyInboxKeys } from '../keyinbox.keys.js';
import { type Parameters, required } from '../keyinbox.parameters.js';
import { parseIdentity, requiredPrivateKey } from '../keyinbox.parse.js';

/** Keys, and what their holders say of themselves in public. */
@Injectable()
export class IdentityFlow {
  private readonly sizeMax: number;
  private readonly host: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxKeys) private readonly keys: KeyInboxKeys,
    @Inject(PublicIdentities) private readonly identities: PublicIdentities,
  ) {
    const variables = config.section(KeyInboxVariables);
    this.sizeMax = variables.MESSAGE_MAX_SIZE;
    this.host = variables.KEYINBOX_HOST ?? new URL(config.publicUrl).host;
  }

  /** GET /generate-keypair: the only answer that ever holds a private key. @throws DomainError rate_limited */
  generate(request: Request): Envelope {
    this.gate.admitKeyGeneration(request);
    const { privateKey, publicKey } = this.keys.issue();
    return success('Keypair generated.', { private_key: privateKey, public_key: publicKey, host: this.host });
  }

  /** POST /identity/auth: whether a private key is one of this network. @throws KeyInboxFault */
  authenticate(parameters: Parameters, request: Request): Envelope {
    const { publicKey } = requiredPrivateKey(parameters, this.gate.checksFor(request));
    return success('The private key is valid.', { public_key: publicKey.text, public_address: publicKey.text });
  }

  /** POST /identity. @throws KeyInboxFault */
  async set(parameters: Parameters, request: Request): Promise<Envelope> {
    const { owner, name, biography } = parseIdentity(parameters, this.gate.checksFor(request), this.sizeMax);
    await this.identities.set(owner.publicKey.mailbox, { name, biography });
    return success('Public identity saved.', { name, biography });
  }

  /** GET /identity. @throws KeyInboxFault */
  async get(parameters: Parameters, request: Request): Promise<Envelope> {
    const publicKey = this.gate.checksFor(request).publicKey(required('public_key', parameters.publicKey));
    const found = await this.identities.get(publicKey.mailbox);
    if (found === null) throw new KeyInboxFault('identity_not_found');
    return success('Public identity read.', { name: found.name, biography: found.biography });
  }

  /** DELETE /identity. Messages are not touched. @throws KeyInboxFault */
  async delete(parameters: Parameters, request: Request): Promise<Envelope> {
    const { publicKey } = requiredPrivateKey(parameters, this.gate.checksFor(request));
    if (!(await this.identities.delete(publicKey.mailbox))) throw new KeyInboxFault('identity_not_found');
    return success('Public identity deleted.', null);
  }
}

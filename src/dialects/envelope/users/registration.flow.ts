import { parsePublicKey, USER_NAME } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { Challenges } from '../../../core/envelope/challenges.js';
import { People } from '../../../core/envelope/people.js';
import { type KeyRing } from '../../../core/envelope/person.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type GivenKey, givenKey, givenSignature, givenStatement, meets, schemeFor, storedKey } from '../auth/proofs.js';
import { Members } from '../envelope.body.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, malformed } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { type EnvelopeSettings, envelopeSettings } from '../envelope.settings.js';
import { addressOf } from './user.render.js';

const CHALLENGE_ID = /^[a-z2-7]{26}$/;
const INVITE = /^[\x21-\x7e]{1,200}$/;

/** Registration: a name for whoever proves that he holds an identity key. */
@Injectable()
export class RegistrationFlow {
  private readonly settings: EnvelopeSettings;
  private readonly keyMax: number;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(People) private readonly people: People,
  ) {
    this.settings = envelopeSettings(config);
    this.keyMax = config.section(EnvelopeVariables).ENVELOPE_KEY_LIMIT;
  }

  /** @throws EnvelopeFault malformed_request, unsupported_key, registration_closed, bad_proof, name_taken; DomainError rate_limited */
  async register(request: Request): Promise<{ user_id: string; address: string }> {
    this.gate.take('envelope.register', request);
    const { registration, host } = this.settings;
    if (registration === 'closed') throw new EnvelopeFault('registration_closed');
    const members = new Members(request.body);
    const challengeId = members.requiredText('challenge_id', CHALLENGE_ID);
    const signature = givenSignature(members, 'signature');
    const alg = members.text('alg', /^(?:EdDSA|PS256|RS256)$/);
    const name = members.requiredText('name').toLowerCase();
    if (!USER_NAME.test(name)) throw malformed();
    const invite = members.text('invite', INVITE);
    if (registration === 'invite' && invite === undefined) throw new EnvelopeFault('registration_closed');
    const { identity, encryption } = this.keysOf(members);
    const scheme = schemeFor(identity.publicKey, alg);
    const challenge = await this.challenges.take(challengeId, 'register');
    if (challenge?.identity !== identity.fingerprint || !meets(challenge, host, identity.publicKey, scheme, signature)) throw new EnvelopeFault('bad_proof');
    const keys = ringOf(members, identity, encryption);
    const inviteHash = registration === 'invite' && invite !== undefined ? this.gate.secrets.hash('invite', invite) : null;
    const person = await this.people.register({ name, keys, inviteHash }).catch((error: unknown) => {
      throw error instanceof DomainError && error.code === 'duplicate' ? new EnvelopeFault('name_taken') : error;
    });
    return { user_id: person.userId, address: addressOf(person, host) };
  }

  /** One RSA key may be both; a key that only signs, or only seals, cannot. */
  private keysOf(members: Members): { identity: GivenKey; encryption: GivenKey } {
    const identity = givenKey(members, 'identity_key', this.keyMax);
    if (!identity) throw malformed();
    if (identity.type === 'x25519') throw new EnvelopeFault('unsupported_key');
    const encryption = givenKey(members, 'encryption_key', this.keyMax) ?? (identity.type === 'rsa' ? storedKey(parsePublicKey(identity.key)) : undefined);
    if (!encryption) throw malformed();
    if (encryption.type === 'ed25519') throw new EnvelopeFault('unsupported_key');
    return { identity, encryption };
  }
}

/** @throws EnvelopeFault where the identity does not vouch for the encryption key */
function ringOf(members: Members, identity: GivenKey, encryption: GivenKey): KeyRing {
  const isOne = identity.fingerprint === encryption.fingerprint;
  const statement = isOne && !members.has('key_signature') ? { keyCreated: null, keySignature: null } : givenStatement(members, identity.publicKey, encryption.publicKey);
  return {
    identity: kept(identity),
    encryption: kept(encryption),
    ...statement,
    earlier: [],
    discoverable: false,
    acceptAlgorithms: null,
    retentionDays: null,
    deleteOnAck: false,
  };
}

/** What of a key is stored. */
export function kept({ key, fingerprint, type }: GivenKey): Pick<GivenKey, 'key' | 'fingerprint' | 'type'> {
  return { key, fingerprint, type };
}

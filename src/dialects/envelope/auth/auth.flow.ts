import { encodeBase64, fromHex, parsePublicKey, publicKeyFromSpki, USER_ID, USER_NAME, writeDate } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../config/config.js';
import { Access, type OpenSession, type SessionInfo } from '../../../core/envelope/access.js';
import { Challenges } from '../../../core/envelope/challenges.js';
import { People } from '../../../core/envelope/people.js';
import { type Person } from '../../../core/envelope/person.js';
import { Members } from '../envelope.body.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, malformed, notFound } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { envelopeSettings } from '../envelope.settings.js';
import { givenKey, givenSignature, meets, schemeFor } from './proofs.js';

export interface ChallengeAnswer {
  readonly challenge_id: string;
  readonly nonce: string;
  readonly host: string;
  readonly expires_at: string;
}

export interface SessionAnswer {
  readonly session_token: string;
  readonly session_id: string;
  readonly expires_at: string;
  readonly user_id: string;
}

export interface SessionItem {
  readonly session_id: string;
  readonly device: string;
  readonly created_at: string;
  readonly expires_at: string;
  /** the one that asks */
  readonly current: boolean;
}

const CHALLENGE_ID = /^[a-z2-7]{26}$/;
const DEVICE = /^[^\p{Cc}]{0,100}$/u;
/** For whoever is unknown the same work is done, with a key that is nobody's here (the first example of RFC 8032). */
const NOBODY_ID = '0';
const NOBODY_KEY = publicKeyFromSpki(fromHex('302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'));

/** Challenges and sessions: who proves that he holds the identity key is let in for an hour. */
@Injectable()
export class AuthFlow {
  private readonly host: string;
  private readonly variables: Readonly<EnvelopeVariables>;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(Challenges) private readonly challenges: Challenges,
    @Inject(People) private readonly people: People,
    @Inject(Access) private readonly access: Access,
  ) {
    this.variables = config.section(EnvelopeVariables);
    this.host = envelopeSettings(config).host;
  }

  /** @throws EnvelopeFault malformed_request, unsupported_key; DomainError rate_limited */
  async challenge(request: Request): Promise<ChallengeAnswer> {
    this.gate.take('envelope.challenge', request);
    const members = new Members(request.body);
    const purpose = members.requiredText('purpose');
    if (purpose !== 'register' && purpose !== 'login') throw malformed();
    const asked = purpose === 'register' ? this.registering(members) : await this.loggingIn(members);
    const { id, nonce, expiresAt } = await this.challenges.issue({ purpose, ...asked });
    return { challenge_id: id, nonce: encodeBase64(nonce), host: this.host, expires_at: writeDate(expiresAt.getTime()) };
  }

  /** @throws EnvelopeFault malformed_request, bad_proof; DomainError rate_limited */
  async open(request: Request): Promise<SessionAnswer> {
    this.gate.take('envelope.challenge', request);
    const members = new Members(request.body);
    const id = members.requiredText('challenge_id', CHALLENGE_ID);
    const signature = givenSignature(members, 'signature');
    const alg = members.text('alg', /^(?:EdDSA|PS256|RS256)$/);
    const device = members.text('device', DEVICE) ?? '';
    const challenge = await this.challenges.take(id, 'login');
    const person = await this.people.byId(challenge?.userId ?? NOBODY_ID);
    const key = person ? parsePublicKey(person.keys.identity.key) : NOBODY_KEY;
    const scheme = person ? schemeFor(key, alg) : 'EdDSA';
    const isMet = challenge !== null && meets(challenge, this.host, key, scheme, signature);
    if (!isMet || !person || person.disabledAt !== null) throw new EnvelopeFault('bad_proof');
    const { secret, hash } = this.gate.secrets.make('session');
    const session = await this.access.issueSession(person, hash, device, this.variables.ENVELOPE_SESSION_TTL * 1000);
    return { session_token: secret, session_id: session.wireId, expires_at: writeDate(session.expiresAt.getTime()), user_id: person.userId };
  }

  async list(session: OpenSession): Promise<{ sessions: SessionItem[] }> {
    const sessions = await this.access.sessions(session.owner);
    return { sessions: sessions.map((item) => sessionItem(item, session)) };
  }

  /** @param id the session's own where it is not given @throws EnvelopeFault not_found */
  async end(session: OpenSession, id: string = session.wireId): Promise<void> {
    if (!(await this.access.endSession(session.owner, id))) throw notFound();
  }

  private registering(members: Members): { userId: null; identity: string } {
    const key = givenKey(members, 'identity_key', this.variables.ENVELOPE_KEY_LIMIT);
    if (!key) throw malformed();
    if (key.type === 'x25519') throw new EnvelopeFault('unsupported_key');
    return { userId: null, identity: key.fingerprint };
  }

  private async loggingIn(members: Members): Promise<{ userId: string | null; identity: null }> {
    const name = members.text('name')?.toLowerCase();
    const userId = members.text('user_id', USER_ID);
    if ((name === undefined) === (userId === undefined) || (name !== undefined && !USER_NAME.test(name))) throw malformed();
    const person: Person | null = userId === undefined ? await this.people.byName(name!) : await this.people.byUserId(userId);
    return { userId: person?.id ?? null, identity: null };
  }
}

function sessionItem({ wireId, device, createdAt, expiresAt }: SessionInfo, current: OpenSession): SessionItem {
  return { session_id: wireId, device, created_at: writeDate(createdAt.getTime()), expires_at: writeDate(expiresAt.getTime()), current: wireId === current.wireId };
}

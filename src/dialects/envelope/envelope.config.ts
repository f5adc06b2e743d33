import { SUITE_IDS } from '@polypost/envelope/codec';
import { type SecretSpec } from '../../config/config.js';
import { ByteSize, CommaListOf, OneOf, Origins, Text, WebAddress, WholeNumber } from '../../config/decorators.js';

const SECRET_BYTES_MIN = 32;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The variables of the Envelope dialect. */
export class EnvelopeVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'ENVELOPE_KEY_ENCRYPTION_KEY', bytesMin: SECRET_BYTES_MIN, rotates: true, shown: false },
    { name: 'ENVELOPE_TOKEN_PEPPER', bytesMin: SECRET_BYTES_MIN, rotates: false, shown: false },
  ];

  /** all per client address; their defaults stand in envelope.rates.ts */
  static readonly rateLimits: readonly string[] = [
    'envelope.deliver', 'envelope.failed', 'envelope.challenge', 'envelope.register', 'envelope.directory', 'envelope.bad_session', 'envelope.bad_token',
  ];

  /** the host in addresses of people here, with its port where that is not 443; default that of PUBLIC_URL */
  @Text({ matches: /^[A-Za-z0-9.:[\]-]{1,253}$/, expects: 'must be a host name, with a port where it needs one' })
  ENVELOPE_HOST?: string;

  /** the address in the discovery document; default PUBLIC_URL */
  @WebAddress()
  ENVELOPE_BASE_URL?: string;

  /** who may register: open, invite or closed; default open, in production invite */
  @OneOf(['open', 'invite', 'closed'])
  ENVELOPE_REGISTRATION?: 'open' | 'invite' | 'closed';

  /** suites the outer part may be sealed with, comma-separated */
  @CommaListOf(SUITE_IDS)
  ENVELOPE_SUITES: readonly string[] = SUITE_IDS;

  /** size of new RSA keys of the server */
  @OneOf(['2048', '3072', '4096'])
  ENVELOPE_RSA_BITS: '2048' | '3072' | '4096' = '3072';

  /** days after which the server replaces its keys */
  @WholeNumber({ min: 1, max: 3650 })
  ENVELOPE_ROTATE_DAYS = 90;

  /** days a replaced key still opens packets, before it is destroyed */
  @WholeNumber({ min: 0, max: 365 })
  ENVELOPE_GRACE_DAYS = 7;

  /** bytes of the body of a delivery, at most */
  @ByteSize({ min: 4 * KIB, max: 64 * MIB })
  ENVELOPE_BODY_LIMIT = MIB;

  /** bytes of a packet inside it, at most, without padding */
  @ByteSize({ min: KIB, max: 64 * MIB })
  ENVELOPE_PACKET_LIMIT = 768 * KIB;

  /** levels of objects and arrays in a body or packet, at most */
  @WholeNumber({ min: 1, max: 64 })
  ENVELOPE_JSON_DEPTH = 32;

  /** characters of a public key in a request, at most */
  @WholeNumber({ min: 100, max: 8 * KIB })
  ENVELOPE_KEY_LIMIT = 8 * KIB;

  /** packets that may be opened at a time, waiting ones included; 0 for four for each thread */
  @WholeNumber({ min: 0, max: 10_000 })
  ENVELOPE_CRYPTO_QUEUE = 0;

  /** messages a mailbox may hold */
  @WholeNumber({ min: 1, max: 10_000_000 })
  ENVELOPE_MAILBOX_MESSAGES = 10_000;

  /** bytes of messages and files a mailbox may hold */
  @ByteSize({ min: KIB, max: 1024 * GIB })
  ENVELOPE_MAILBOX_BYTES = 256 * MIB;

  /** bytes of one attachment, at most */
  @ByteSize({ min: 1, max: 4 * GIB })
  ENVELOPE_ATTACHMENT_MAX = 25 * MIB;

  /** deliveries a minute by one token, unless its owner says otherwise */
  @WholeNumber({ min: 1, max: 100_000 })
  ENVELOPE_TOKEN_PER_MINUTE = 60;

  /** deliveries a day by one token, unless its owner says otherwise */
  @WholeNumber({ min: 1, max: 100_000_000 })
  ENVELOPE_TOKEN_PER_DAY = 2_000;

  /** bytes a day by one token, unless its owner says otherwise */
  @ByteSize({ min: KIB, max: 1024 * GIB })
  ENVELOPE_TOKEN_BYTES_PER_DAY = 64 * MIB;

  /** seconds a session stays good */
  @WholeNumber({ min: 10, max: 30 * 86_400 })
  ENVELOPE_SESSION_TTL = 3_600;

  /** origins whose pages may use sessions; none by default. Delivering and discovery are open to all */
  @Origins()
  ENVELOPE_CORS_ORIGINS: readonly string[] = [];

  /** secret that the private keys of the server are sealed with; at least 32 bytes */
  ENVELOPE_KEY_ENCRYPTION_KEY: string;

  /** older ones; keys sealed with them are sealed anew at the next start */
  ENVELOPE_KEY_ENCRYPTION_KEY_PREVIOUS: readonly string[];

  /** secret of the hashes of tokens and sessions; at least 32 bytes. Changing it makes all of them worthless */
  ENVELOPE_TOKEN_PEPPER: string;
}

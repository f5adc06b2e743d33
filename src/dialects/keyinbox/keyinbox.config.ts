import { type SecretSpec } from '../../config/config.js';
import { ByteSize, CommaListOf, Flag, OneOf, Origins, Text } from '../../config/decorators.js';

const MIB = 1024 * 1024;
const SECRET_BYTES_MIN = 32;

/**
 * The variables of the KeyInbox dialect. Names without the prefix KEYINBOX_ are those that
 * operators of such servers know.
 */
export class KeyInboxVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'KEYINBOX_NETWORK_SECRET', bytesMin: SECRET_BYTES_MIN, rotates: true, shown: false },
    { name: 'KEYINBOX_LOOKUP_PEPPER', bytesMin: SECRET_BYTES_MIN, rotates: false, shown: false },
  ];

  /** all per client address; their defaults stand in keyinbox.gate.ts */
  static readonly rateLimits: readonly string[] = ['keyinbox.generate', 'keyinbox.anonymous', 'keyinbox.bad_key'];

  /** whether messages may be sent without a private key */
  @Flag()
  ALLOW_NOT_IDENTIFIED_SENDERS = true;

  /** whether senders may change what they sent */
  @Flag()
  ALLOW_MESSAGE_EDIT = true;

  /** whether either side may delete a message, for both */
  @Flag()
  ALLOW_MESSAGE_DELETION = true;

  /** store IP address and user agent of identified senders, sealed with the message */
  @Flag()
  COLLECT_SENDER_NET_INFORMATION = false;

  /** UTF-8 bytes of subject and content together, at most */
  @ByteSize({ min: 1, max: 64 * MIB })
  MESSAGE_MAX_SIZE = MIB;

  /** put into every message id of this server; up to eight letters and digits */
  @Text({ matches: /^[A-Za-z0-9]{0,8}$/, expects: 'must be at most 8 letters and digits' })
  SKYID_INSTANCE = '';

  /** adds the kind of an internal error to its answer; never what was sent */
  @Flag()
  DEBUG_ENABLED = false;

  /** a read answers with the message, or with a list of one as the oldest servers did */
  @OneOf(['object', 'list'])
  KEYINBOX_READ_SHAPE: 'object' | 'list' = 'object';

  /** host named in new key pairs; default the host of PUBLIC_URL */
  @Text({ matches: /^[A-Za-z0-9.:[\]_-]{1,253}$/, expects: 'must be a host name, with a port where it needs one' })
  KEYINBOX_HOST?: string;

  /** origins that browsers may call from; none by default */
  @Origins()
  KEYINBOX_CORS_ORIGINS: readonly string[] = [];

  /** later generations of the protocol to serve beside the messages routes */
  @CommaListOf(['0.13', '0.15'])
  KEYINBOX_COMPAT: readonly string[] = ['0.13', '0.15'];

  /** secret that private keys are bound to; at least 32 bytes */
  KEYINBOX_NETWORK_SECRET: string;

  /** older network secrets whose keys stay valid */
  KEYINBOX_NETWORK_SECRET_PREVIOUS: readonly string[];

  /** secret of the look-up columns; at least 32 bytes. Changing it loses every stored message */
  KEYINBOX_LOOKUP_PEPPER: string;
}

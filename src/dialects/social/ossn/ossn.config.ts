import { type SecretSpec } from '../../../config/config.js';
import { ByteSize, CommaListOf, Flag, OneOf, Text, WebAddress, WholeNumber } from '../../../config/decorators.js';

const SECRET_BYTES_MIN = 32;
const GIB = 1024 ** 3;
const YEAR_SECONDS = 366 * 24 * 60 * 60;

/** The variables of the OSSN dialect. */
export class OssnVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'OSSN_SITE_KEY', bytesMin: SECRET_BYTES_MIN, rotates: true, shown: true },
  ];

  /** bad_key and login_address count by client address, login_account by account; their defaults stand in ossn.gate.ts and users/authenticate.flow.ts */
  static readonly rateLimits: readonly string[] = ['ossn.bad_key', 'ossn.login_account', 'ossn.login_address'];

  /** name of the site, told with every answer */
  @Text({ matches: /^[^\p{C}]{1,100}$/u, expects: 'must be a text of at most 100 characters' })
  OSSN_SITE_NAME = 'Polypost';

  /** the address in this dialect's URLs, without a slash at its end; default PUBLIC_URL */
  @WebAddress()
  OSSN_BASE_URL?: string;

  /** whether calls that change something are taken by GET too, as the original does */
  @Flag()
  OSSN_ALLOW_GET_WRITES = true;

  /** what happens to a message whose file is refused: reject it, or drop the file and send the text */
  @OneOf(['reject', 'drop'])
  OSSN_BAD_ATTACHMENT: 'reject' | 'drop' = 'reject';

  /** bytes of one file, at most */
  @ByteSize({ min: 1, max: 4 * GIB })
  OSSN_ATTACHMENT_MAX = 100 * 1024 * 1024;

  /** attachment addresses that open by themselves for a while, or plain ones that need a session or a key */
  @OneOf(['signed', 'plain'])
  OSSN_ATTACHMENT_URL: 'signed' | 'plain' = 'signed';

  /** seconds a signed attachment address stays good */
  @WholeNumber({ min: 10, max: YEAR_SECONDS })
  OSSN_ATTACHMENT_TTL = 7 * 24 * 60 * 60;

  /** whether a new account may log in at once */
  @Flag()
  OSSN_AUTO_VALIDATE = true;

  /** components that are switched on, of those that can be switched off */
  @CommaListOf(['OssnMessages', 'OssnBlock', 'OssnNotifications'])
  OSSN_COMPONENTS: readonly string[] = ['OssnMessages', 'OssnBlock', 'OssnNotifications'];

  /** key that may act for every user; at least 32 bytes */
  OSSN_SITE_KEY: string;

  /** older site keys that still open */
  OSSN_SITE_KEY_PREVIOUS: readonly string[];
}

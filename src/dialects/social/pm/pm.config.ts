import { type SecretSpec } from '../../../config/config.js';
import { ByteSize, Flag, OneOf, Origins, Text, WholeNumber } from '../../../config/decorators.js';

const SECRET_BYTES_MIN = 32;
const MIB = 1024 * 1024;
const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const YEAR_SECONDS = 366 * DAY_SECONDS;

/** The variables of the PM dialect. */
export class PmVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'PM_JWT_SECRET', bytesMin: SECRET_BYTES_MIN, rotates: true, shown: false, optional: true },
  ];

  /** all per user and minute unless pm.rates.ts says otherwise; their defaults stand there */
  static readonly rateLimits: readonly string[] = [
    'pm.send', 'pm.follow', 'pm.hide', 'pm.search', 'pm.upload', 'pm.bad_token', 'pm.oauth_client', 'pm.password_account', 'pm.password_address',
  ];

  /** what a send answers with: one object, a list, or whichever its request asks for by its form */
  @OneOf(['auto', 'object', 'list'])
  PM_SEND_SHAPE: 'auto' | 'object' | 'list' = 'auto';

  /** recipients of one message, at most */
  @WholeNumber({ min: 1, max: 200 })
  PM_RECIPIENTS_MAX = 50;

  /** characters of one message, at most */
  @WholeNumber({ min: 1, max: 1_000_000 })
  PM_MESSAGE_MAX = 10_000;

  /** whether moderators and administrators may write to everybody */
  @Flag()
  PM_STAFF_WRITES_ALL = true;

  /** origins that browsers may call from; none by default */
  @Origins()
  PM_CORS_ORIGINS: readonly string[] = [];

  /** bytes of one file, at most */
  @ByteSize({ min: 1, max: 1024 * MIB })
  PM_FILE_MAX = 10 * MIB;

  /** seconds the address of a file stays good; reading the message makes a new one */
  @WholeNumber({ min: 10, max: YEAR_SECONDS })
  PM_FILE_URL_TTL = DAY_SECONDS;

  /** what stands in the place of a message that was taken back late */
  @Text({ matches: /^[^\p{C}]{1,200}$/u, expects: 'must be a text of at most 200 characters' })
  PM_WITHDRAWN_TEXT = 'Message delete';

  /** whether users can be looked up without a token, as on the original */
  @Flag()
  PM_PUBLIC_USERS = false;

  /** seconds an access token of OAuth stays good */
  @WholeNumber({ min: 60, max: 30 * DAY_SECONDS })
  PM_ACCESS_TOKEN_TTL = 10 * HOUR_SECONDS;

  /** seconds a refresh token that is not used stays good */
  @WholeNumber({ min: 60, max: YEAR_SECONDS })
  PM_REFRESH_TOKEN_TTL = 30 * DAY_SECONDS;

  /** seconds ahead a JWT may expire, at most; one that lives for longer is refused */
  @WholeNumber({ min: 60, max: YEAR_SECONDS })
  PM_JWT_TTL_MAX = DAY_SECONDS;

  /** signs the tokens that integrators make (HS256); at least 32 bytes. None: such tokens are refused */
  PM_JWT_SECRET: string | undefined;

  /** older secrets whose tokens stay valid */
  PM_JWT_SECRET_PREVIOUS: readonly string[];
}

import { type ConfigFault } from '../../config/config-error.js';
import { type SecretSpec } from '../../config/config.js';
import { Setting, Text } from '../../config/decorators.js';
import { type HouseVariables } from '../../config/env.js';
import { parseRemoteUnits, type RemoteUnit } from '../../config/setting-types.js';

const SECRET_BYTES_MIN = 32;

/** The variables of the Cell dialect. */
export class CellVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'CELL_SIGNING_KEY', bytesMin: SECRET_BYTES_MIN, rotates: true, shown: false },
  ];

  /** wrong passwords, per account and per client address; their defaults stand in cell.rates.ts */
  static readonly rateLimits: readonly string[] = ['cell.password_account', 'cell.password_address'];

  /** what the header X-Personium-Version tells clients */
  @Text({ matches: /^[A-Za-z0-9.+_-]{1,64}$/, expects: 'must be a version such as 1.5.6' })
  CELL_PERSONIUM_VERSION = '1.5.6';

  /** other servers that messages may go to and come from, as https://host[:port]; none by default */
  @Setting({
    expects: 'must be a comma-separated list of https://host[:port], each with =range where its addresses are not public',
    parse: parseRemoteUnits,
  })
  CELL_REMOTE_UNITS: readonly RemoteUnit[] = [];

  /** makes the key that tokens are signed with; at least 32 bytes */
  CELL_SIGNING_KEY: string;

  /** older ones whose tokens stay good until they expire */
  CELL_SIGNING_KEY_PREVIOUS: readonly string[];

  static check({ CELL_REMOTE_UNITS }: CellVariables, house: Readonly<HouseVariables>): readonly ConfigFault[] {
    const exempted = house.NODE_ENV === 'production' && CELL_REMOTE_UNITS.some(({ range }) => range !== null);
    return exempted ? [{ name: 'CELL_REMOTE_UNITS', rule: 'must not have a range when NODE_ENV is production' }] : [];
  }
}

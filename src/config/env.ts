import { type SecretSpec } from './config.js';
import { type ConfigFault } from './config-error.js';
import { CommaList, isAddressRange, OneOf, Setting, Text, WebAddress, WholeNumber } from './decorators.js';
import { type MetricsAddress, parseMetricsAddress, parseRateLimits, type RateLimits } from './setting-types.js';

/**
 * The variables of the house; those of a dialect stand in its own class. One property per
 * variable, the default as its initial value. A variable that is empty counts as not given.
 */
export class HouseVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'POLYPOST_ADMIN_TOKEN', bytesMin: 32, rotates: false, shown: true },
    { name: 'FILE_URL_SECRET', bytesMin: 32, rotates: true, shown: false },
  ];
  static readonly sensitive: readonly string[] = ['DATABASE_URL'];

  /** development, test or production. production refuses whatever is meant for trying things out */
  @OneOf(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'development';

  /** address to listen on; 0.0.0.0 or :: for every interface */
  @Text({ matches: /^[A-Za-z0-9.:_-]{1,253}$/, expects: 'must be an IP address or a host name' })
  HOST = '127.0.0.1';

  /** port to listen on; 0 takes any free one */
  @WholeNumber({ min: 0, max: 65535 })
  PORT = 3000;

  /** the address clients reach this server at, used in every URL it emits; default http://localhost:PORT */
  @WebAddress()
  PUBLIC_URL?: string;

  /** PostgreSQL to use; without it a database of its own runs in DATA_DIR */
  @Text({
    matches: /^postgres(ql)?:\/\/\S+$/,
    expects: 'must be an address of the form postgres://user:password@host:port/database',
  })
  DATABASE_URL?: string;

  /** connections to the database, at most */
  @WholeNumber({ min: 2, max: 1000 })
  DATABASE_POOL_MAX = 16;

  /** folder for the embedded database, made secrets and files */
  @Text({ matches: /^[^\0]+$/, expects: 'must be the path of a folder' })
  DATA_DIR = './data';

  /** message APIs to serve, comma-separated; default all */
  @CommaList({
    expects: 'must be a comma-separated list of names in lower case',
    item: (item) => /^[a-z][a-z0-9]*$/.test(item),
  })
  DIALECTS: readonly string[] = [];

  /** least severe level that is logged */
  @OneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  LOG_LEVEL: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent' = 'info';

  /** off (refused in production), or name=count/seconds, comma-separated, to change single limits */
  @Setting({
    expects: 'must be off, or a comma-separated list of name=count/seconds',
    parse: parseRateLimits,
  })
  RATE_LIMITS: RateLimits = Object.freeze({ off: false, overrides: Object.freeze({}) });

  /** proxies whose X-Forwarded-* headers count: addresses, ranges (10.0.0.0/8), loopback */
  @CommaList({
    expects: 'must be a comma-separated list of IP addresses, ranges such as 10.0.0.0/8, or loopback',
    item: isAddressRange,
  })
  TRUSTED_PROXIES: readonly string[] = [];

  /** host:port where /metrics is served, apart from the public port; off for none */
  @Setting({ expects: 'must be off, or host:port such as 127.0.0.1:9464', parse: parseMetricsAddress })
  METRICS_ADDRESS: MetricsAddress | 'off' = Object.freeze({ host: '127.0.0.1', port: 9464 });

  /** token of the administration API; at least 32 bytes */
  POLYPOST_ADMIN_TOKEN: string;

  /** signs the addresses of files that open without a login; at least 32 bytes */
  FILE_URL_SECRET: string;

  /** older file secrets whose addresses stay good until they expire */
  FILE_URL_SECRET_PREVIOUS: readonly string[];

  static check(house: HouseVariables): readonly ConfigFault[] {
    return house.NODE_ENV === 'production' && house.RATE_LIMITS.off
      ? [{ name: 'RATE_LIMITS', rule: 'must not be off when NODE_ENV is production' }]
      : [];
  }
}

import { SUITE_IDS, type SuiteId } from '@polypost/envelope/codec';
import { type Config } from '../../config/config.js';
import { EnvelopeVariables } from './envelope.config.js';

/** What depends on more than one setting. */
export interface EnvelopeSettings {
  /** the host in addresses, lower case, with its port where that is not 443 */
  readonly host: string;
  readonly baseUrl: string;
  readonly registration: 'open' | 'invite' | 'closed';
  /** suites that are switched on, in our order of preference */
  readonly suites: readonly SuiteId[];
}

export function envelopeSettings(config: Config): EnvelopeSettings {
  const variables = config.section(EnvelopeVariables);
  return {
    host: (variables.ENVELOPE_HOST ?? hostOf(config.publicUrl)).toLowerCase(),
    baseUrl: variables.ENVELOPE_BASE_URL ?? config.publicUrl,
    registration: variables.ENVELOPE_REGISTRATION ?? (config.house.NODE_ENV === 'production' ? 'invite' : 'open'),
    suites: SUITE_IDS.filter((id) => variables.ENVELOPE_SUITES.includes(id)),
  };
}

/** An address without a port means 443, so that the usual port of http has to be said. */
function hostOf(url: string): string {
  const { protocol, host, port } = new URL(url);
  return protocol === 'http:' && port === '' ? `${host}:80` : host;
}

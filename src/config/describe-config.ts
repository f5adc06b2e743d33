import { switchOf } from './config.js';
import { HouseVariables } from './env.js';
import { mayMakeSecrets } from './first-boot-secrets.js';
import { type LoadedConfig } from './loaded-config.js';
import { type MetricsAddress, type RateLimits } from './setting-types.js';
import { plainVariablesOf, secretsOf, secretVariablesOf } from './variables-of.js';

/** One line of `polypost config check`. */
export interface DescribedSetting {
  /** `house` or the dialect's name */
  readonly section: string;
  readonly name: string;
  /** the effective value; a word about it where it is secret */
  readonly value: string;
  /** where it comes from */
  readonly origin: 'default' | 'environment' | 'file' | 'first boot';
}

/** @returns every effective setting of the house and of the dialects in use, secrets masked */
export function describeConfig(config: LoadedConfig): readonly DescribedSetting[] {
  const dialects = config.sections.filter((section) => config.house.DIALECTS.includes(switchOf(section)));
  return [{ name: 'house', config: HouseVariables }, ...dialects].flatMap((section) => {
    const values = section.config === HouseVariables ? config.house : config.section(section.config);
    const hidden: readonly string[] = [...secretVariablesOf(section.config), ...(section.config.sensitive ?? [])];
    return [...plainVariablesOf(section.config), ...secretVariablesOf(section.config)].map((name) => {
      const value: unknown = (values as Record<string, unknown>)[name];
      const shown = hidden.includes(name) ? wordFor(name, value, config) : formatSetting(value);
      return { section: section.name, name, value: shown, origin: config.originOf(name) ?? 'default' } as const;
    });
  });
}

/** @returns a setting as one would write it; a value that was read back is the same again */
export function formatSetting(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object' && value !== null) {
    return 'port' in value ? formatMetricsAddress(value as MetricsAddress) : formatRateLimits(value as RateLimits);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatMetricsAddress({ host, port }: MetricsAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function formatRateLimits({ off, overrides }: RateLimits): string {
  return off ? 'off' : Object.entries(overrides).map(([name, { count, seconds }]) => `${name}=${count}/${seconds}`).join(',');
}

function wordFor(name: string, value: unknown, config: LoadedConfig): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `${value.length} set`;
  if (value !== undefined) return 'set';
  return mayMakeSecrets(config) && isMade(name, config) ? 'made on first boot' : 'not set';
}

/** @returns whether a secret that nobody gave is made; the address of a database is not, nor is what need not be given */
function isMade(name: string, config: LoadedConfig): boolean {
  return [HouseVariables, ...config.sections.map((section) => section.config)].flatMap(secretsOf).some((spec) => spec.name === name && spec.optional !== true);
}

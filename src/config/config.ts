import { type ConfigFault } from './config-error.js';
import { type HouseVariables } from './env.js';

/**
 * A class-validator class with one property per environment variable, defaults as initial values.
 * The decorators of decorators.ts turn the text of a variable into the property's type.
 */
export interface ConfigSection<T extends object> {
  new (): T;
  readonly name: string;
  /** which variables are secrets and how they come to be; set on the instance, not enumerable */
  readonly secrets?: readonly SecretSpec[];
  /** further variables that are never shown (an address with a password in it) */
  readonly sensitive?: readonly string[];
  /** beginnings of variable names that are this dialect's alone; default its name in capitals and an underscore */
  readonly prefixes?: readonly string[];
  /** names of this section's rate limits, as RATE_LIMITS spells them */
  readonly rateLimits?: readonly string[];
  /**
   * Rules that need more than one variable. Called only when each variable by itself is fine.
   * @returns the faults, by name and rule, without values
   */
  check?(values: T, house: Readonly<HouseVariables>): readonly ConfigFault[];
}

/** A secret that can be given as NAME or NAME_FILE, or made on first boot. */
export interface SecretSpec {
  /** the environment variable */
  readonly name: string;
  /** least length of a given value, in bytes of UTF-8 */
  readonly bytesMin: number;
  /**
   * a list of older values is read from NAME_PREVIOUS / NAME_PREVIOUS_FILE (comma or line
   * separated) into the property NAME_PREVIOUS, an empty list when there are none
   */
  readonly rotates: boolean;
  /** printed once on the console when it was made, because a person needs it */
  readonly shown: boolean;
  /** true: need not be given and is never made; without it what it is for is switched off */
  readonly optional?: boolean;
}

/** What the configuration needs to know of a dialect; a Dialect descriptor is one. */
export interface NamedSection {
  /** what log lines and headings call it */
  readonly name: string;
  /** the value in DIALECTS where it is not the name: dialects that share one are on or off together */
  readonly switch?: string;
  readonly config: ConfigSection<object>;
}

/** @returns the value in DIALECTS that switches a dialect on */
export function switchOf(section: Pick<NamedSection, 'name' | 'switch'>): string {
  return section.switch ?? section.name;
}

/** The validated, frozen settings of the whole process. Injected under this class. */
export abstract class Config {
  abstract readonly house: Readonly<HouseVariables>;
  /** the address in every URL the server emits; no trailing slash */
  abstract readonly publicUrl: string;
  /** true when no DATABASE_URL is given */
  abstract readonly embeddedDatabase: boolean;
  /** what an operator should look at, by name, never with a value */
  abstract readonly warnings: readonly string[];
  /** @returns the validated variables of one dialect, frozen */
  abstract section<T extends object>(section: ConfigSection<T>): Readonly<T>;
}

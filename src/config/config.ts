import { type HouseVariables } from './env.js';

/**
 * A class-validator class with one property per environment variable, defaults as initial values.
 * `secrets` lists which of them are secrets and how they come to be.
 */
export interface ConfigSection<T extends object> {
  new (): T;
  readonly secrets?: readonly SecretSpec[];
}

/** A secret that can be given as NAME or NAME_FILE, or made on first boot. */
export interface SecretSpec {
  /** the environment variable */
  readonly name: string;
  /** least length of a given value, in bytes of UTF-8 */
  readonly bytesMin: number;
  /** a list of older values is read from NAME_PREVIOUS / NAME_PREVIOUS_FILE (comma or line separated) */
  readonly rotates: boolean;
  /** printed once on the console when it was made, because a person needs it */
  readonly shown: boolean;
}

/** The validated, frozen settings of the whole process. Injected under this class. */
export abstract class Config {
  abstract readonly house: Readonly<HouseVariables>;
  /** the address in every URL the server emits; no trailing slash */
  abstract readonly publicUrl: string;
  /** true when no DATABASE_URL is given */
  abstract readonly embeddedDatabase: boolean;
  /** @returns the validated variables of one dialect, frozen */
  abstract section<T extends object>(section: ConfigSection<T>): Readonly<T>;
}

import { Config, type ConfigSection, type NamedSection, type SecretSpec } from './config.js';
import { type HouseVariables } from './env.js';

/** Where the value of a variable came from. Variables at their default have none. */
export type Origin = 'environment' | 'file' | 'first boot';

interface LoadedFacts {
  readonly sections: readonly NamedSection[];
  readonly warnings: readonly string[];
  readonly origins: ReadonlyMap<string, Origin>;
  readonly missingSecrets: readonly SecretSpec[];
}

/** The settings as loadConfig made them. */
export class LoadedConfig extends Config {
  readonly house: Readonly<HouseVariables>;
  readonly publicUrl: string;
  readonly embeddedDatabase: boolean;
  readonly warnings: readonly string[];
  /** every dialect the program knows, switched on or not */
  readonly sections: readonly NamedSection[];
  /** secrets nobody gave; empty unless they were allowed to be missing */
  readonly missingSecrets: readonly SecretSpec[];
  readonly #origins: ReadonlyMap<string, Origin>;
  readonly #values: ReadonlyMap<ConfigSection<object>, object>;

  constructor(house: HouseVariables, values: ReadonlyMap<ConfigSection<object>, object>, facts: LoadedFacts) {
    super();
    this.house = Object.freeze(house);
    this.publicUrl = house.PUBLIC_URL ?? `http://localhost:${house.PORT}`;
    this.embeddedDatabase = house.DATABASE_URL === undefined;
    this.warnings = Object.freeze([...facts.warnings]);
    this.sections = facts.sections;
    this.missingSecrets = facts.missingSecrets;
    this.#origins = facts.origins;
    this.#values = values;
    for (const value of values.values()) Object.freeze(value);
    Object.freeze(this);
  }

  section<T extends object>(section: ConfigSection<T>): Readonly<T> {
    const values = this.#values.get(section);
    if (!values) throw new Error(`no settings were loaded for ${section.name}`);
    return values as Readonly<T>;
  }

  /** @returns where the variable's value came from, or undefined when it is at its default */
  originOf(name: string): Origin | undefined {
    return this.#origins.get(name);
  }
}

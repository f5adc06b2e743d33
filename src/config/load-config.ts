import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError, type ConfigFault } from './config-error.js';
import { type ConfigSection, type NamedSection, type SecretSpec, switchOf } from './config.js';
import { HouseVariables } from './env.js';
import { LoadedConfig, type Origin } from './loaded-config.js';
import { type Environment, type FileReader, VariableReader } from './read-variables.js';
import { brokenSecretRule, splitPrevious } from './secret-rules.js';
import { findUnknownVariables, nearestName } from './unknown-variables.js';
import { plainVariablesOf, secretsOf, variablesOf } from './variables-of.js';

/** What loadConfig works on. */
export interface LoadOptions {
  readonly env: Environment;
  /** every dialect the program knows (the registry itself fits) */
  readonly sections: readonly NamedSection[];
  /** reads the files that NAME_FILE variables name; default the file system */
  readonly files?: FileReader;
  /** secrets made on first boot, by name; count as given where the environment has none */
  readonly made?: ReadonlyMap<string, string>;
  /** true: a secret nobody gave is no fault but listed in `missingSecrets`. Default false. */
  readonly allowMissingSecrets?: boolean;
}

/**
 * Reads and checks every setting of the house and of the dialects. Pure, but for reading the files
 * that NAME_FILE variables name.
 *
 * @returns the frozen settings
 * @throws ConfigError naming every variable at fault and the rule it breaks, never a value
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  return new Loading(options).run();
}

class Loading {
  private readonly reader: VariableReader;
  private readonly faults: ConfigFault[] = [];
  private readonly warnings: string[] = [];
  private readonly origins = new Map<string, Origin>();
  private readonly missing: SecretSpec[] = [];
  private readonly secretOwners = new Map<string, string>();

  constructor(private readonly options: LoadOptions) {
    this.reader = new VariableReader(options.env, options.files);
  }

  run(): LoadedConfig {
    const house = this.read(HouseVariables);
    const { sections } = this.options;
    this.checkDialects(house);
    const isOn = (section: NamedSection): boolean => house.DIALECTS.includes(switchOf(section));
    this.readSecrets(HouseVariables, house, house, true);
    const values = new Map<ConfigSection<object>, object>();
    for (const section of sections) {
      const instance = this.read(section.config);
      this.readSecrets(section.config, instance, house, isOn(section));
      values.set(section.config, instance);
    }
    this.checkNames(house);
    this.faults.unshift(...this.reader.faults);
    if (this.faults.length === 0) {
      this.faults.push(...HouseVariables.check(house));
      for (const section of sections.filter(isOn)) {
        this.faults.push(...(section.config.check?.(values.get(section.config) ?? {}, house) ?? []));
      }
    }
    if (this.faults.length > 0) throw new ConfigError(this.faults);
    this.warnAboutAddress(house);
    return new LoadedConfig(house, values, {
      sections,
      warnings: this.warnings,
      origins: this.origins,
      missingSecrets: this.missing,
    });
  }

  private read<T extends object>(section: ConfigSection<T>): T {
    const given: Record<string, string> = {};
    for (const name of plainVariablesOf(section)) {
      const variable = this.reader.read(name);
      // blanks alone are as good as nothing
      if (!variable || variable.text.trim() === '') continue;
      given[name] = variable.text;
      this.origins.set(name, variable.from);
    }
    const instance = plainToInstance(section, given);
    for (const error of validateSync(instance, { skipMissingProperties: true, forbidUnknownValues: false })) {
      const rule = Object.values(error.constraints ?? {}).join(' and ');
      this.faults.push({ name: error.property, rule: rule.replaceAll(`${error.property} `, '') });
    }
    for (const name of section.sensitive ?? []) hide(instance, name, instance[name as keyof T]);
    return instance;
  }

  private checkDialects(house: HouseVariables): void {
    const names = [...new Set(this.options.sections.map(switchOf))];
    if (!Array.isArray(house.DIALECTS)) house.DIALECTS = [];
    if (house.DIALECTS.some((name) => !names.includes(name))) {
      this.faults.push({ name: 'DIALECTS', rule: `must be a comma-separated list of: ${names.join(', ')}` });
    }
    if (house.DIALECTS.length === 0) house.DIALECTS = Object.freeze(names);
  }

  private readSecrets(section: ConfigSection<object>, instance: object, house: HouseVariables, required: boolean): void {
    for (const spec of secretsOf(section)) {
      const examplesAllowed = house.NODE_ENV === 'test';
      const current = this.readSecret(spec, required);
      if (current !== undefined) {
        const madeHere = this.origins.get(spec.name) === 'first boot';
        this.checkSecret(spec.name, spec, current, examplesAllowed || madeHere);
      }
      hide(instance, spec.name, current);
      if (spec.rotates) hide(instance, `${spec.name}_PREVIOUS`, this.readPrevious(spec, current, examplesAllowed));
    }
  }

  private readSecret(spec: SecretSpec, required: boolean): string | undefined {
    const faultsBefore = this.reader.faults.length;
    const variable = this.reader.read(spec.name);
    const made = this.options.made?.get(spec.name);
    if (variable ?? made) this.origins.set(spec.name, variable?.from ?? 'first boot');
    else if (required && spec.optional !== true && this.reader.faults.length === faultsBefore) {
      this.missing.push(spec);
      if (!this.options.allowMissingSecrets) {
        this.faults.push({ name: spec.name, rule: `is missing: give it, or the path of a file with it as ${spec.name}_FILE` });
      }
    }
    return variable?.text ?? made;
  }

  private checkSecret(name: string, spec: SecretSpec, value: string, examplesAllowed: boolean): void {
    const rule = brokenSecretRule(spec, value, examplesAllowed);
    if (rule) this.faults.push({ name, rule });
    const owner = this.secretOwners.get(value);
    if (owner !== undefined && owner !== spec.name && !examplesAllowed) {
      this.faults.push({ name, rule: `must not be the same as ${owner}` });
    }
    this.secretOwners.set(value, spec.name);
  }

  private readPrevious(spec: SecretSpec, current: string | undefined, examplesAllowed: boolean): readonly string[] {
    const name = `${spec.name}_PREVIOUS`;
    const variable = this.reader.read(name);
    if (!variable) return Object.freeze([]);
    this.origins.set(name, variable.from);
    const values = splitPrevious(variable.text).filter((value) => value !== current);
    for (const value of values) this.checkSecret(name, spec, value, examplesAllowed);
    return Object.freeze(values);
  }

  private checkNames(house: HouseVariables): void {
    const { env, sections } = this.options;
    const classes = [HouseVariables, ...sections.map(({ config }) => config)];
    const names = classes.flatMap((section) => variablesOf(section));
    const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
    const prefixes = sections.flatMap(({ name, config }) => config.prefixes ?? [`${name.toUpperCase()}_`]);
    const found = findUnknownVariables(env, known, ['POLYPOST_', ...prefixes]);
    this.faults.push(...found.faults);
    this.warnings.push(...found.warnings);
    this.checkRateLimitNames(house);
  }

  private checkRateLimitNames(house: HouseVariables): void {
    const names = this.options.sections.flatMap(({ config }) => config.rateLimits ?? []);
    if (typeof house.RATE_LIMITS !== 'object') return;
    for (const name of Object.keys(house.RATE_LIMITS.overrides)) {
      if (names.includes(name)) continue;
      const near = nearestName(name, names);
      // the name itself came from the setting, so it is not repeated unless it is one of ours
      this.faults.push({ name: 'RATE_LIMITS', rule: `names a limit that does not exist${near ? `; did you mean ${near}?` : `; there are: ${names.join(', ')}`}` });
    }
  }

  private warnAboutAddress(house: HouseVariables): void {
    if (house.NODE_ENV !== 'production') return;
    if (house.PUBLIC_URL === undefined) {
      this.warnings.push('PUBLIC_URL is not set: every address the server hands out points to localhost');
    } else if (!house.PUBLIC_URL.startsWith('https://')) {
      this.warnings.push('PUBLIC_URL is not https: keys, tokens and messages travel readable');
    }
  }
}

/** Not enumerable, so that neither JSON nor a careless log line of the settings shows it. */
function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: false, writable: false, configurable: false });
}

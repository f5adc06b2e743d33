/** One thing wrong with the settings: which variable, and the rule it breaks. Never its value. */
export interface ConfigFault {
  readonly name: string;
  /** reads on from the name: "must be a whole number from 0 to 65535" */
  readonly rule: string;
}

/** The settings cannot be used. Holds every fault, not just the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(['The settings cannot be used:', ...faults.map((fault) => `  ${fault.name} ${fault.rule}`)].join('\n'));
  }
}

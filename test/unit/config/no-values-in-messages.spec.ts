import fc from 'fast-check';
import { inspect } from 'node:util';
import { ConfigError, type ConfigFault } from '../../../src/config/config-error.js';
import { type NamedSection, type SecretSpec } from '../../../src/config/config.js';
import { ByteSize, CommaListOf, Flag, OneOf, Origins, Text, WebAddress, WholeNumber } from '../../../src/config/decorators.js';
import { HouseVariables } from '../../../src/config/env.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { variablesOf } from '../../../src/config/variables-of.js';

class LanternVariables {
  static readonly secrets: readonly SecretSpec[] = [{ name: 'LANTERN_SECRET', bytesMin: 32, rotates: true, shown: false }];
  static readonly rateLimits = ['lantern.send'];
  @Flag() LANTERN_FLAG = true;
  @ByteSize({ min: 1, max: 10 }) LANTERN_SIZE = 1;
  @CommaListOf(['red']) LANTERN_LIST: readonly string[] = [];
  @Origins() LANTERN_ORIGINS: readonly string[] = [];
  @OneOf(['red']) LANTERN_WORD = 'red';
  @Text({ matches: /^[a-z]$/, expects: 'must be a letter' }) LANTERN_TEXT = 'a';
  @WebAddress() LANTERN_ADDRESS?: string;
  @WholeNumber({ min: 1, max: 2 }) LANTERN_NUMBER = 1;
}
const sections: readonly NamedSection[] = [{ name: 'lantern', config: LanternVariables }];
const names = [HouseVariables, LanternVariables].flatMap((section) => variablesOf(section));

function faultsFor(env: Record<string, string>, files: () => string): readonly ConfigFault[] {
  try {
    loadConfig({ env, sections, files });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(inspect(error, { depth: 9 })).not.toContain('CANARY');
    return error.faults;
  }
}

/** Forms a value takes when it is nearly right, with a mark that must not come out again. */
const canary = fc.constantFrom(
  'CANARY', 'CANARY=1/1', 'x.canary=1/1,CANARY', 'postgres:/CANARY', 'https://CANARY:CANARY@h', 'ftp://CANARY', '10.0.0.0/CANARY',
  'CANARY,CANARY', '1CANARY', 'https://h/?CANARY', 'CANARY:99999', ' CANARY ', 'true CANARY', `CANARY-${'example'.repeat(5)}`,
);

describe('messages about settings', () => {
  it('name the variable and the rule, never the value', () => {
    let faults = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), canary, { minKeys: 1 }), fc.boolean(), (given, inFiles) => {
        const env = inFiles ? Object.fromEntries(Object.keys(given).map((name) => [`${name}_FILE`, `/CANARY/${name}`])) : given;
        const found = faultsFor(env, () => Object.values(given)[0] ?? 'CANARY');
        faults += found.length;
        for (const fault of found) {
          expect(`${fault.name} ${fault.rule}`).not.toMatch(/canary/i);
          expect(fault.rule).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
    expect(faults).toBeGreaterThan(500);
  });

  it('tell every fault at once', () => {
    const wrong = names.filter((name) => !['HOST', 'DATA_DIR'].includes(name));
    const found = faultsFor(Object.fromEntries(wrong.map((name) => [name, ',CANARY:99999 '])), () => '');
    expect([...new Set(found.map(({ name }) => name))].sort()).toEqual([...wrong].sort());
  });

  it('repeat neither the path of a file nor what is in it', () => {
    const found = faultsFor({ PORT_FILE: '/CANARY' }, () => {
      throw Object.assign(new Error('/CANARY is gone'), { code: 'ENOENT' });
    });
    expect(found).toContainEqual({ name: 'PORT_FILE', rule: 'names a file that cannot be read (ENOENT)' });
  });
});

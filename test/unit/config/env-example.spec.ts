import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { formatSetting } from '../../../src/config/describe-config.js';
import { HouseVariables } from '../../../src/config/env.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { secretVariablesOf, variablesOf } from '../../../src/config/variables-of.js';
import { dialects } from '../../../src/dialects/index.js';

const root = join(import.meta.dirname, '..', '..', '..');
const example = readFileSync(join(root, '.env.example'), 'utf8');
const classes = [HouseVariables, ...dialects.map(({ config }) => config)];

/** `# explanation` above `#NAME=default`, which is what a person uncomments. */
const entries = new Map(
  [...example.matchAll(/^# (.+)\n#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, why, name, value]) => [name!, { why: why!, value: value! }]),
);

/** The doc comment of each variable's property. */
const explanations = new Map(
  ['src/config/env.ts', ...readdirSync(join(root, 'src/dialects'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.config.ts')).map((name) => `src/dialects/${name}`)]
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\/\*\* ([^\n]+) \*\/\n(?:  @[^;]*?\n)?  ([A-Z][A-Z0-9_]*)[?]?[:\s]/g)])
    .map(([, why, name]) => [name!, why!]),
);

describe('.env.example', () => {
  it.each(classes.flatMap((section) => variablesOf(section).map((name) => [name, section] as const)))('explains %s and gives its default', (name, section) => {
    const secret = secretVariablesOf(section).includes(name);
    const value = secret ? '' : formatSetting((new section() as Record<string, unknown>)[name]);
    expect(entries.get(name)).toEqual({ why: explanations.get(name), value });
    expect(explanations.get(name)).toMatch(/^\S.{10,}/);
  });

  it('has nothing that is not a setting', () => {
    const known = classes.flatMap((section) => variablesOf(section));
    expect([...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name).sort()).toEqual([...known].sort());
  });

  it('changes nothing when it is copied as it is, and reads back when every line is uncommented', () => {
    expect(parseEnv(example)).toEqual({});
    const uncommented = parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, ''));
    const read = loadConfig({ env: uncommented, sections: dialects, allowMissingSecrets: true });
    const bare = loadConfig({ env: {}, sections: dialects, allowMissingSecrets: true });
    expect({ ...read.house }).toEqual({ ...bare.house });
    for (const { config } of dialects) expect({ ...read.section(config) }).toEqual({ ...bare.section(config) });
  });
});

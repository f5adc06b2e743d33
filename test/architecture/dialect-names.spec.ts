import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialects } from '../../src/dialects/index.js';
import { ROOT, sourcesBelow } from './support.js';

/**
 * The registered ones and those that are expected. `cell` is also one of our own nouns; `social`
 * is no dialect but the space of conversations that several of them share.
 */
const NAMES = [...new Set([...dialects.map((dialect) => dialect.name), 'keyinbox', 'ossn', 'personium', 'envelope'])].filter((name) => name !== 'cell');

/** What a dialect alone needs may live in a folder of its name in these. */
const FOLDERS = ['src/storage/own', 'src/core', 'src/cli', 'src/crypto'];
/** Where such folders are plugged in, and the tables made. */
const PLUGS = ['src/storage/tx.ts', 'src/storage/entities/index.ts', 'src/core/core.module.ts', 'src/cli/program.ts'];
/** One person, several identities: the users table holds them side by side. */
const SHARED = ['src/storage/entities/user.entity.ts', 'src/storage/repositories/users.repository.ts'];

/** Folders of one dialect may use the word another one is called by, as their own noun. */
function isExempt(file: string): boolean {
  return (
    file.startsWith('src/dialects/') ||
    file.startsWith('src/storage/migrations/') ||
    SHARED.includes(file) ||
    FOLDERS.some((folder) => NAMES.some((name) => file.startsWith(`${folder}/${name}/`)))
  );
}

/** Comments may say for whom something is; code may not ask. Keeps line breaks. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|[^:'"`\\])\/\/.*$/gm, (comment, before: string | undefined) => (before ?? '') + comment.replace(/[^\n]/g, ''));
}

/** A short name is a part of many words (npm, shipment): it counts as a word, or as the first of one in camel case. */
function names(code: string, name: string): boolean {
  if (name.length > 3) return code.toLowerCase().includes(name);
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return new RegExp(`(?<![A-Za-z])${name}(?![a-z])|(?<![A-Za-z])${capital}(?![a-z])`).test(code);
}

const sources = sourcesBelow('src').map((file) => ({ file, code: withoutComments(readFileSync(join(ROOT, file), 'utf8')) }));

describe('names of dialects', () => {
  it('stand in no code outside their own folders and the places where these are plugged in', () => {
    const found = sources.flatMap(({ file, code }) =>
      NAMES.filter((name) => !isExempt(file) && !PLUGS.includes(file) && names(code, name)).map((name) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('are never compared with, anywhere but at home', () => {
    const found = sources.flatMap(({ file, code }) =>
      NAMES.filter((name) => !isExempt(file) && new RegExp(`(['"\`])${name}\\1`, 'i').test(code)).map((name) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('are read from more than a handful of files', () => {
    expect(sources.length).toBeGreaterThan(50);
    for (const code of ['PmUpload', 'own.pm.x', "'pm'", 'pm_uploads', 'pmConfig']) expect(names(code, 'pm')).toBe(true);
    for (const code of ['npm', 'shipment', 'Pmove', 'lpmX']) expect(names(code, 'pm')).toBe(false);
    expect(withoutComments("a // keyinbox\n/* keyinbox\n*/ b = 'http://x';")).toBe("a \n\n b = 'http://x';");
  });
});

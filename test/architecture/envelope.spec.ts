import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUITE_IDS } from '../../packages/envelope/src/codec.js';
import { ROOT, sourcesBelow } from './support.js';

const SERVER = ['src/dialects/envelope', 'src/core/envelope', 'src/storage/own/envelope', 'src/cli/envelope'];
const PACKAGE = 'packages/envelope/src';
const code = (file: string): string => readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|[^:'"`\\])\/\/.*$/gm, '$1');
const filesOf = (folders: readonly string[]) => folders.flatMap((folder) => sourcesBelow(folder)).map((file) => ({ file, text: code(file) }));
const found = (files: readonly { file: string; text: string }[], pattern: RegExp): string[] => files.flatMap(({ file, text }) => (text.match(pattern) ? [`${file}: ${text.match(pattern)![0]}`] : []));

describe('the code of Envelope', () => {
  const server = filesOf(SERVER);
  const all = [...server, ...filesOf([PACKAGE])];

  it('is there to be looked at', () => expect([server.length > 30, all.length > 60]).toEqual([true, true]));

  it('ENV-08 the server imports the codec alone, in which nothing opens an inner part', () => {
    for (const { file, text } of filesOf(['src'])) {
      const imported = [...text.matchAll(/from '(@polypost\/envelope[^']*)'/g)].map(([, name]) => name);
      expect([file, imported.filter((name) => name !== '@polypost/envelope/codec')]).toEqual([file, []]);
    }
    const reached = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const [, path] of code(file).matchAll(/from '(\.[^']+)\.js'/g)) walk(join(file, '..', `${path}.ts`));
    };
    walk(`${PACKAGE}/codec.ts`);
    expect(reached.size).toBeGreaterThan(10);
    expect([...reached].filter((file) => /\/(inner|client|cli|identity)\//.test(file))).toEqual([]);
  });

  it('ENV-103 the server’s side never meets node-forge', () => {
    expect(found(server, /node-forge/)).toEqual([]);
    expect(code(`${PACKAGE}/codec.ts`)).not.toContain('forge');
  });

  it('ENV-104 no private RSA key works on the event loop', () => {
    expect(found(all, /privateDecrypt/)).toEqual([]);
    expect(code(`${PACKAGE}/outer/opener.ts`)).toContain('subtle.decrypt');
  });

  it('ENV-23 ENV-109 no weak or ambient primitives, and no lenient base64', () => {
    const allowed = (list: string[], ...files: string[]) => list.filter((line) => !files.some((file) => line.startsWith(file)));
    expect(found(all, /Math\.random/)).toEqual([]);
    // forge's function of that name takes an IV; Node's old one made it from a password
    expect(allowed(found(all, /createCipher\(|createDecipher\(/), `${PACKAGE}/backend/forge.ts`)).toEqual([]);
    expect(found(all, /md5/i)).toEqual([]);
    // as the padding of a signature it is RS256; as one of encryption it is nowhere
    expect(allowed(found(all, /RSA_PKCS1_PADDING/), `${PACKAGE}/backend/node-primitives.ts`)).toEqual([]);
    expect(code(`${PACKAGE}/backend/node-primitives.ts`)).not.toMatch(/publicEncrypt|privateDecrypt/);
    expect(found(all, /RSAES-PKCS1|aes-\d+-ecb|pbkdf/i)).toEqual([]);
    expect(allowed(found(all, /sha-?1\b/i), `${PACKAGE}/suites/registry.ts`, `${PACKAGE}/backend/`, `${PACKAGE}/suites/layer.ts`, `${PACKAGE}/vectors/`)).toEqual([]);
    expect(allowed(found(all, /Buffer\.from\([^()]*,\s*'base64'\)/), `${PACKAGE}/base/base64.ts`)).toEqual([]);
    expect(found(server, /(?:secret|token|hash|signature|tag|mac)\w*\s*===(?!\s*(?:undefined|null|true|'|"|\d))/i)).toEqual([]);
  });

  it('ENV-112 nothing outside the registry and the back ends asks for a suite by its name', () => {
    const names = new RegExp(SUITE_IDS.map((id) => `'${id.replace(/[+]/g, '\\+')}'`).join('|'));
    const elsewhere = found(all, names).filter((line) => !line.startsWith(`${PACKAGE}/suites/registry.ts`) && !line.startsWith(`${PACKAGE}/vectors/`) && !line.startsWith('src/dialects/envelope/dto/'));
    expect(elsewhere).toEqual([]);
  });

  it('ENV-102 node-forge is pinned to a release without the known forgeries', () => {
    for (const path of ['package.json', 'packages/envelope/package.json']) {
      const { dependencies } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { dependencies: Record<string, string> };
      const [major, minor, patch] = dependencies['node-forge']!.split('.').map(Number) as [number, number, number];
      expect(dependencies['node-forge']).toMatch(/^\d+\.\d+\.\d+$/);
      expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(1_004_003);
    }
  });

  it('ENV-110 the threat model is published and says plainly what is not protected', () => {
    const page = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
    for (let row = 1; row <= 21; row += 1) expect(page).toMatch(new RegExp(`\\| T${row} \\|`));
    for (const words of [/no forward secrecy/i, /cannot be denied|non-repudiable/i, /recipient/i]) expect(page).toMatch(words);
  });
});

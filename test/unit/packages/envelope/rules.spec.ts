import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as codec from '@polypost/envelope/codec';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const PACKAGE = join(ROOT, 'packages', 'envelope');
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { dependencies: Record<string, string>; bin: Record<string, string>; exports: Record<string, unknown> };

function sources(folder: string): { file: string; code: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && found.name.endsWith('.ts'))
    .map((found) => join(found.parentPath, found.name))
    .map((path) => ({ file: path.slice(ROOT.length + 1), code: readFileSync(path, 'utf8').replace(/\/\*[^]*?\*\/|(^|[^:'"`])\/\/.*$/gm, '$1') }));
}

/** Its script runs in the browser, on the fragment of the address. */
const CARD_PAGE = 'src/dialects/envelope/card/card.page.ts';
const all = [...sources('packages/envelope/src'), ...sources('src/dialects/envelope'), ...sources('src/core/envelope')];
const found = (pattern: RegExp, except: readonly string[] = []): string[] => all.filter(({ file, code }) => pattern.test(code) && !except.includes(file)).map(({ file }) => file);

describe('ENV-109 what the code of Envelope does not use', () => {
  it('is read from enough files', () => expect(all.length).toBeGreaterThan(60));

  it.each([
    ['random numbers that are none', /Math\.random/, []],
    ['ciphers without IV, ECB, PKCS#1 v1.5 transport', /createCipher\(|createDecipher\((?!'AES)|-ecb|AES-ECB|RSAES-PKCS1|RSA_PKCS1_PADDING/, ['packages/envelope/src/backend/node-primitives.ts', 'packages/envelope/src/backend/forge.ts']],
    ['MD5', /md5/i, []],
    ['SHA-1, but for OAEP of the legacy suite', /sha-?1\b/i, ['packages/envelope/src/suites/registry.ts', 'packages/envelope/src/backend/backend.ts', 'packages/envelope/src/backend/forge.ts', 'packages/envelope/src/vectors/workshop.ts']],
    ['base64 outside the strict decoder', /from\([^)]*,\s*'base64(?:url)?'\)|atob\(/, ['packages/envelope/src/base/base64.ts', CARD_PAGE]],
    ['comparing secrets with ===', /(?:token|password|signature|secret|mac)(?!_id)\w*\s*[!=]==(?!\s*(?:undefined|null|true|false|'))/i, []],
  ])('%s', (_what, pattern, except) => {
    const offenders = found(pattern, except);
    // signatures of test vectors are no secrets
    expect(offenders.filter((file) => !file.startsWith('packages/envelope/src/vectors/'))).toEqual([]);
  });

  it('ENV-23 the two files with PKCS#1 v1.5 have it for signatures, and the CBC under a MAC, alone', () => {
    const node = readFileSync(join(PACKAGE, 'src', 'backend', 'node-primitives.ts'), 'utf8');
    expect([...node.matchAll(/RSA_PKCS1_PADDING/g)]).toHaveLength(1);
    expect(node).toMatch(/case 'RS256':\s+return \{ padding: constants\.RSA_PKCS1_PADDING/);
    expect(node).not.toMatch(/privateDecrypt|publicEncrypt|privateEncrypt/);
    const forge = readFileSync(join(PACKAGE, 'src', 'backend', 'forge.ts'), 'utf8');
    expect([...forge.matchAll(/\.encrypt\(|\.decrypt\(/g)]).toHaveLength(2);
    expect([...forge.matchAll(/crypt\(binary\(\w+\), 'RSA-OAEP'/g)]).toHaveLength(2);
  });
});

describe('ENV-94 ENV-102 the package', () => {
  it('needs commander and a pinned node-forge, and nothing of the server', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['commander', 'node-forge']);
    const [major, minor, patch] = (manifest.dependencies['node-forge'] ?? '').split('.').map(Number) as [number, number, number];
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(1_004_003);
    const installed = JSON.parse(readFileSync(join(ROOT, 'node_modules', 'node-forge', 'package.json'), 'utf8')) as { version: string };
    expect(installed.version).toBe(manifest.dependencies['node-forge']);
    const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect(root.dependencies['node-forge']).toBe(manifest.dependencies['node-forge']);
    for (const { file, code } of sources('packages/envelope/src')) expect([file, /from '[^']*\/src\/|@nestjs|typeorm|express/.test(code)]).toEqual([file, false]);
  });

  it('ENV-103 node-forge is out of reach of the server: no way leads there from the codec', () => {
    const seen = new Set<string>();
    const walk = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const code = readFileSync(join(PACKAGE, 'src', file), 'utf8');
      expect([file, code.includes('node-forge')]).toEqual([file, false]);
      for (const [, target] of code.matchAll(/from '(\.[^']+)\.js'/g)) walk(join(file, '..', `${target ?? ''}.ts`));
    };
    walk('codec.ts');
    expect(seen.size).toBeGreaterThan(20);
    // ENV-08: nor to what opens inner parts
    expect([...seen].filter((file) => /^(inner|client|cli|vectors|identity)\//.test(file))).toEqual([]);
  });

  it('ENV-08 the server uses the codec only, and the codec has nothing of the inner layer', () => {
    for (const { file, code } of sources('src')) {
      for (const [, entry] of code.matchAll(/'@polypost\/envelope([^']*)'/g)) expect([file, entry]).toEqual([file, '/codec']);
    }
    const names = Object.keys(codec);
    expect(names).toContain('openOuter');
    expect(names.filter((name) => /inner|openMessage|openLayer|sealMessage|signMessage/i.test(name))).toEqual([]);
  });

  it('ENV-112 names of suites stand in the registry alone', () => {
    const elsewhere = sources('packages/envelope/src').filter(({ file, code }) => /'(?:HPKE|RSA)-[A-Z0-9-]*\+/.test(code) && !file.startsWith('packages/envelope/src/vectors/'));
    expect(elsewhere.map(({ file }) => file)).toEqual(['packages/envelope/src/suites/registry.ts']);
  });

  it('has its command in a file that is there before it is built', () => {
    for (const path of Object.values(manifest.bin)) expect(readFileSync(join(PACKAGE, path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node/);
  });
});

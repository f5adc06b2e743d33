import { SUITE_IDS } from '@polypost/envelope/codec';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envelope, VECTORS } from './support.js';

interface Shown {
  name: string;
  body: { algorithm: string };
  expect: { outcome: string; stage?: string; code?: string; layer?: string };
  why?: string;
  inputs?: object;
  message?: { data: unknown };
}

const published = readdirSync(VECTORS)
  .filter((name) => name !== 'keys.json')
  .flatMap((name) => (JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as { vectors: Shown[] }).vectors);

interface Line {
  name: string;
  ok: boolean;
  stage: string | null;
  code: string | null;
  layer?: string;
  detail?: string;
}

async function run(folder: string, backend = 'node'): Promise<{ code: number | null; lines: Line[] }> {
  const { code, out } = await envelope(['vectors', 'run', folder, '--backend', backend]);
  return { code, lines: out.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line) };
}

describe('the published test vectors', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vectors-'));
    cpSync(VECTORS, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['node', 'web', 'forge'])('ENV-94 ENV-99 ENV-100 come out as expected with the back end %s, and seal again byte for byte', async (backend) => {
    const { code, lines } = await run(VECTORS, backend);
    expect(code).toBe(0);
    const told = lines.map(({ name, ok, stage, code: word }) => ({ name, ok, stage, code: word }));
    const wanted = published.map(({ name, expect: { stage = null, code: word = null } }) => ({ name, ok: true, stage, code: word }));
    const byName = (one: { name: string }, two: { name: string }): number => (one.name < two.name ? -1 : 1);
    expect(told.sort(byName)).toEqual(wanted.sort(byName));
  });

  it('ENV-101 have three that open for each suite and thirty that do not, for every reason', () => {
    const good = published.filter(({ expect: { outcome } }) => outcome === 'ok');
    for (const id of SUITE_IDS) expect(good.filter(({ body }) => body.algorithm === id).length).toBeGreaterThanOrEqual(3);
    expect(good.every(({ inputs }) => inputs !== undefined)).toBe(true);
    const bad = published.filter(({ expect: { outcome } }) => outcome === 'error');
    expect(bad.length).toBeGreaterThanOrEqual(30);
    expect(bad.every(({ why }) => (why ?? '').length > 0)).toBe(true);
    const reasons = new Set(bad.map(({ expect: { stage, code, layer } }) => [stage, code, layer].filter(Boolean).join(' ')));
    expect([...reasons].sort()).toEqual([
      'inner bad_signature',
      'inner malformed_message',
      'inner undecryptable',
      'inner unsupported_key',
      'outer malformed_packet',
      'outer malformed_request',
      'outer undecryptable',
      'outer unknown_algorithm',
      'outer unknown_algorithm packet',
      'outer unknown_server_key',
    ]);
    expect(new Set(published.map(({ name }) => name)).size).toBe(published.length);
  });

  it('ENV-100 can be made again, byte for byte', async () => {
    expect(await envelope(['vectors', 'make', folder, '--json'])).toMatchObject({ code: 0, out: `{"vectors":${published.length}}\n` });
    for (const name of readdirSync(VECTORS)) expect(readFileSync(join(folder, name), 'utf8')).toBe(readFileSync(join(VECTORS, name), 'utf8'));
  });

  it('ENV-100 fail in a run when one byte of what they promise is another', async () => {
    const change = (name: string, replace: (text: string) => string): void => {
      const path = join(folder, name);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, replace(text));
      expect(readFileSync(path, 'utf8')).not.toBe(text);
    };
    const failures = async (): Promise<(string | undefined)[]> => {
      const { code, lines } = await run(folder);
      expect(code).toBe(2);
      return lines.filter(({ ok }) => !ok).map(({ detail }) => detail);
    };
    change('annex-a.json', (text) => text.replace('"data": "Hi Bob"', '"data": "Hi Bop"'));
    expect(await failures()).toEqual(['message differs']);
    cpSync(VECTORS, folder, { recursive: true });
    change('annex-a.json', (text) => text.replace('"cek_hex": "10', '"cek_hex": "11'));
    expect(await failures()).toEqual(['the outer layer sealed again differs']);
    cpSync(VECTORS, folder, { recursive: true });
    change('invalid-outer.json', (text) => text.replace('"code": "undecryptable"', '"code": "malformed_packet"'));
    expect(await failures()).toEqual(['it should end in another way']);
  });

  it('ENV-95 ENV-99 are told from a folder that holds none', async () => {
    writeFileSync(join(folder, 'annex-a.json'), '{');
    expect(await envelope(['vectors', 'run', folder])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('annex-a.json cannot be read') });
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    expect(await envelope(['vectors', 'run', folder])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no test vectors') });
  });
});

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../src/config/config-error.js';
import { type NamedSection, type SecretSpec } from '../../../src/config/config.js';
import { HouseVariables } from '../../../src/config/env.js';
import { loadConfigForStart } from '../../../src/config/first-boot-secrets.js';
import { SecretFolder } from '../../../src/config/secret-folder.js';

class LanternVariables {
  static readonly secrets: readonly SecretSpec[] = [{ name: 'LANTERN_SECRET', bytesMin: 32, rotates: true, shown: false }];
  LANTERN_SECRET: string;
}
const sections: readonly NamedSection[] = [{ name: 'lantern', config: LanternVariables }];
const NAMES = [...HouseVariables.secrets.map(({ name }) => name), 'LANTERN_SECRET'].sort();

let dataDir: string;
let said: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'polypost-secrets-'));
  said = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const start = (env: Record<string, string> = {}) =>
  loadConfigForStart({ env: { DATA_DIR: dataDir, ...env }, sections, say: (line) => said.push(line) });
const pathOf = (name: string) => join(dataDir, 'secrets', name);
const modeOf = (path: string) => statSync(path).mode & 0o777;

async function faultNames(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error('was not refused', { cause: error });
  return error.faults.map(({ name }) => name);
}

describe('secrets on first boot', () => {
  it('KEY-53 are made with the embedded database outside production', async () => {
    const config = await start();
    expect(readdirSync(join(dataDir, 'secrets')).sort()).toEqual(NAMES);
    expect(modeOf(join(dataDir, 'secrets'))).toBe(0o700);
    for (const name of NAMES) expect(modeOf(pathOf(name))).toBe(0o600);
    const { LANTERN_SECRET } = config.section(LanternVariables);
    expect(LANTERN_SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(LANTERN_SECRET).not.toBe(config.house.POLYPOST_ADMIN_TOKEN);
    expect(readFileSync(pathOf('LANTERN_SECRET'), 'utf8')).toBe(`${LANTERN_SECRET}\n`);
  });

  it('are told once, and only those a person needs', async () => {
    const { house } = await start();
    const lantern = readFileSync(pathOf('LANTERN_SECRET'), 'utf8').trim();
    expect(said.filter((line) => line.includes(house.POLYPOST_ADMIN_TOKEN))).toHaveLength(1);
    expect(said.join()).not.toContain(lantern);
    said = [];
    const again = await start();
    expect(said).toEqual([]);
    expect(again.house.POLYPOST_ADMIN_TOKEN).toBe(house.POLYPOST_ADMIN_TOKEN);
    expect(again.originOf('LANTERN_SECRET')).toBe('first boot');
  });

  it('are not made where they are given', async () => {
    const LANTERN_SECRET = 'Zk3vB8qLw1Xy7Tn0Rf5Hd2Jm9Pc4Gs6A';
    await start({ LANTERN_SECRET });
    expect(existsSync(pathOf('LANTERN_SECRET'))).toBe(false);
    await start({ LANTERN_SECRET, POLYPOST_ADMIN_TOKEN: 'aQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX' });
  });

  it('KEY-53 are asked for by name in production and with a database of one\'s own', async () => {
    for (const env of [{ NODE_ENV: 'production' }, { DATABASE_URL: 'postgres://h/d' }]) {
      expect((await faultNames(start(env))).sort()).toEqual(NAMES);
    }
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('are not made while another setting is wrong', async () => {
    expect(await faultNames(start({ PORT: 'x' }))).toEqual(['PORT']);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('are the same for sixteen that start at once', async () => {
    const folders = Array.from({ length: 16 }, () => new SecretFolder(join(dataDir, 'secrets')));
    await Promise.all(folders.map((folder) => folder.prepare()));
    const kept = await Promise.all(folders.map((folder, i) => folder.keep('NAME', () => `value ${i}`)));
    expect(new Set(kept.map(({ value }) => value)).size).toBe(1);
    expect(kept.filter(({ made }) => made)).toHaveLength(1);
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['NAME']);
  });

  it('are closed to others, with a word, when they were open', async () => {
    await start();
    said = [];
    chmodSync(join(dataDir, 'secrets'), 0o755);
    chmodSync(pathOf('LANTERN_SECRET'), 0o644);
    await start();
    expect(modeOf(join(dataDir, 'secrets'))).toBe(0o700);
    expect(modeOf(pathOf('LANTERN_SECRET'))).toBe(0o600);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('could be read by others');
  });

  it('are refused when the file is empty, a link or too short', async () => {
    await start();
    writeFileSync(pathOf('LANTERN_SECRET'), 'short\n');
    expect(await faultNames(start())).toEqual(['LANTERN_SECRET']);
    rmSync(pathOf('LANTERN_SECRET'));
    writeFileSync(join(dataDir, 'elsewhere'), 'Zk3vB8qLw1Xy7Tn0Rf5Hd2Jm9Pc4Gs6A\n');
    symlinkSync(join(dataDir, 'elsewhere'), pathOf('LANTERN_SECRET'));
    expect(await faultNames(start())).toEqual(['LANTERN_SECRET']);
    rmSync(pathOf('LANTERN_SECRET'));
    writeFileSync(pathOf('LANTERN_SECRET'), '');
    expect(await faultNames(start())).toEqual(['LANTERN_SECRET']);
  });

  it('are not made anew beside a database that was used with others', async () => {
    await start();
    rmSync(join(dataDir, 'secrets'), { recursive: true });
    mkdirSync(join(dataDir, 'postgres'));
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    expect((await faultNames(start())).sort()).toEqual(NAMES);
    expect(existsSync(join(dataDir, 'secrets'))).toBe(false);
  });

  it('that a newer version needs are made beside those that are there', async () => {
    await start();
    rmSync(pathOf('LANTERN_SECRET'));
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
    await start();
    expect(existsSync(pathOf('LANTERN_SECRET'))).toBe(true);
  });

  it('refuse a data folder that is a file', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    expect(await faultNames(start({ DATA_DIR: join(dataDir, 'file') }))).toEqual(['DATA_DIR']);
  });
});

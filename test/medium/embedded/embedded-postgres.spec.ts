import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type EmbeddedPostgres } from '../../../src/embedded/embedded-postgres.js';
import { answers, Playground, processesBelow, query } from './support/playground.js';
import { copyPackage, platformPackage } from './support/stage.js';

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the embedded database', () => {
  const ground = new Playground();
  let dataDir: string;
  let cluster: string;
  beforeAll(() => {
    dataDir = ground.path('data');
    cluster = join(dataDir, 'postgres');
  });
  afterAll(() => ground.close());

  it('makes its data on the first start and finds it on the second', async () => {
    const first = await ground.start(dataDir);
    await query(first.url, 'CREATE TABLE kept (word text)');
    await query(first.url, "INSERT INTO kept VALUES ('still here')");
    await first.stop();
    expect(processesBelow(cluster)).toEqual([]);

    const second = await ground.start(dataDir);
    expect(second.pid).not.toBe(first.pid);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
    await second.stop();
    await second.stop();
    expect(await answers(second.url)).toBe(false);
  });

  it('keeps everything in private folders and leaves no half-made data', () => {
    expect([dataDir, cluster, join(dataDir, 'run'), join(cluster, 'log')].map(mode)).toEqual([0o700, 0o700, 0o700, 0o700]);
    expect(mode(join(cluster, 'log', 'postgres.log'))).toBe(0o600);
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'run']);
  });

  it('gives an address that both pg and TypeORM take', async () => {
    const { url, stop } = await serving(ground.start(dataDir));
    expect(await query(url, 'SELECT current_user AS who, current_database() AS place')).toEqual([{ who: 'polypost', place: 'polypost' }]);
    const source = await new DataSource({ type: 'postgres', url }).initialize();
    expect(await source.query('SELECT current_user AS who, current_database() AS place')).toEqual([{ who: 'polypost', place: 'polypost' }]);
    await source.destroy();
    await stop();
  });

  it('commits to disk, listens on no network address and sorts by code point', async () => {
    const { url, stop } = await serving(ground.start(dataDir));
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'server_encoding', 'TimeZone', 'data_checksums'];
    const rows = await query(url, 'SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [names]);
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', listen_addresses: '', server_encoding: 'UTF8', TimeZone: 'UTC', data_checksums: 'on',
    });
    const sorted = await query(url, "SELECT string_agg(word, ' ' ORDER BY word) AS words FROM unnest(ARRAY['b', 'É', 'a', 'B', 'z']) AS word");
    expect(sorted).toEqual([{ words: 'B a b z É' }]);
    expect(await query(url, "SELECT lower('ÉÄ') AS small")).toEqual([{ small: 'éä' }]);
    await stop();
  });

  it('writes settings of a later version into existing data', async () => {
    writeFileSync(join(cluster, 'polypost.conf'), 'max_connections = 33\n');
    const { url, stop } = await serving(ground.start(dataDir));
    expect(await query(url, 'SHOW max_connections')).toEqual([{ max_connections: '60' }]);
    await stop();
  });

  it('logs no statement, parameter or row value, whatever goes wrong', async () => {
    const { url, stop } = await serving(ground.start(dataDir));
    const secret = 'Sesame-4711';
    await query(url, 'CREATE TABLE guarded (word text PRIMARY KEY CHECK (length(word) < 20))');
    await query(url, 'INSERT INTO guarded VALUES ($1)', [secret]);
    for (const [text, values] of [
      ['INSERT INTO guarded VALUES ($1)', [secret]],
      ['INSERT INTO guarded VALUES ($1)', [secret.repeat(3)]],
      ['SELECT $1::bigint', [secret]],
      [`SELECT '${secret}'::int`, []],
      [`SELECT no_such_function('${secret}')`, []],
      [`DO $$ BEGIN RAISE WARNING '${secret}'; RAISE EXCEPTION '${secret}'; END $$`, []],
    ] as const) {
      await expect(query(url, text, [...values])).rejects.toThrow();
    }
    await stop();
    const log = readFileSync(join(cluster, 'log', 'postgres.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain(secret);
  });

  it('keeps its log below a bound', async () => {
    const log = join(cluster, 'log', 'postgres.log');
    writeFileSync(log, 'x'.repeat(5 * 1024 * 1024));
    const { stop } = await serving(ground.start(dataDir));
    expect(statSync(log).size).toBeLessThan(10_000);
    expect(statSync(`${log}.1`).size).toBe(5 * 1024 * 1024);
    await stop();
  });

  it('clears away what an interrupted first start left', async () => {
    const other = ground.path('interrupted');
    mkdirSync(join(other, 'postgres.init-Ab12Cd', 'base'), { recursive: true });
    const { stop } = await serving(ground.start(other));
    expect(readdirSync(other).sort()).toEqual(['postgres', 'run']);
    await stop();
  });

  it.each(["a folder, with 'signs' and 50%", 'Größe-日本'])('works in a folder named %s', async (name) => {
    const { url, stop } = await serving(ground.start(ground.path(name)));
    expect(await answers(url)).toBe(true);
    await stop();
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const long = ground.path('l'.repeat(120), 'data');
    const { url, stop } = await serving(ground.start(long));
    const folder = new URL(url.replace('@/', '@x/')).searchParams.get('host') ?? '';
    expect(folder.startsWith(long)).toBe(false);
    expect([mode(folder), mode(join(folder, '..'))]).toEqual([0o700, 0o700]);
    expect(await answers(url)).toBe(true);
    await stop();
    expect(existsSync(join(folder, '..'))).toBe(false);
  });
});

describe('where it cannot serve, the embedded database', () => {
  const ground = new Playground();
  afterAll(() => ground.close());

  const refusal = async (dataDir: string, options = {}): Promise<Error> => {
    const error = await ground.start(dataDir, { ways: ['direct', 'namespace'], ...options }).then(
      () => new Error('it started'),
      (reason: Error) => reason,
    );
    expect(error.name).toBe('EmbeddedUnavailable');
    expect(error.message).toContain('DATABASE_URL');
    return error;
  };

  it('names the version of other data and touches nothing', async () => {
    const folder = ground.path('old', 'postgres');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'PG_VERSION'), '17\n');
    const before = statSync(folder).mtimeMs;
    expect((await refusal(ground.path('old'))).message).toContain('PostgreSQL 17');
    expect(readdirSync(folder)).toEqual(['PG_VERSION']);
    expect(statSync(folder).mtimeMs).toBe(before);
  });

  it('leaves a folder alone that holds something else', async () => {
    mkdirSync(ground.path('letters', 'postgres'), { recursive: true });
    writeFileSync(ground.path('letters', 'postgres', 'letter.txt'), 'Dear Anna');
    expect((await refusal(ground.path('letters'))).message).toContain('holds no PostgreSQL data');
    expect(readdirSync(ground.path('letters', 'postgres'))).toEqual(['letter.txt']);
  });

  it('says that the platform package is missing', async () => {
    const error = await refusal(ground.path('none'), { packageFolder: ground.path('no-package') });
    expect(error.message).toContain('is not installed');
    expect(existsSync(ground.path('none'))).toBe(false);
  });

  it('says that the programs do not run on this system', async () => {
    const broken = ground.path('musl');
    copyPackage(platformPackage(), broken);
    for (const name of ['postgres', 'initdb', 'pg_ctl']) {
      // what the kernel answers to a program whose loader is not there
      writeFileSync(join(broken, 'native', 'bin', name), '#!/lib/no-such-loader.so.2\n');
    }
    expect((await refusal(ground.path('unborn'), { packageFolder: broken })).message).toMatch(/cannot run .*\(.+\)/);
    expect(readdirSync(ground.path('unborn'))).toEqual(['run']);
  });

  it('names the reason when the data cannot be read', async () => {
    const dataDir = ground.path('damaged');
    const database = await ground.start(dataDir);
    await database.stop();
    writeFileSync(join(dataDir, 'postgres', 'global', 'pg_control'), 'damaged');
    const error = await refusal(dataDir, { ways: undefined });
    expect(error.message).toContain('does not start (');
    expect(error.message).toContain('postgres.log');
  });

  it.each(['a$b', 'a`b', 'a"b', 'a\\b'])('refuses the folder name %s', async (name) => {
    expect((await refusal(ground.path(name))).message).toContain('contains one of the signs');
  });

  it('refuses a socket folder that others may write to', async () => {
    const long = ground.path('m'.repeat(120));
    const database = await ground.start(long);
    const folder = join(new URL(database.url.replace('@/', '@x/')).searchParams.get('host') ?? '', '..');
    await database.stop();
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect((await refusal(long)).message).toContain('not a private folder');
    chmodSync(folder, 0o700);
    await (await ground.start(long)).stop();
  });
});

async function serving(starting: Promise<EmbeddedPostgres>): Promise<{ url: string; stop: () => Promise<void> }> {
  const database = await starting;
  return { url: database.url, stop: () => database.stop() };
}

import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, makeFolder, run, start } from '../../support/cli.js';
import { createEmptyDatabase } from '../../support/database.js';

const SECRETS = {
  POLYPOST_ADMIN_TOKEN: 'aQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX',
  FILE_URL_SECRET: 'h5Ns8dXr3vHf2gZt9LcYa4eJm7wq6pKb',
  OSSN_SITE_KEY: 'Bz6tY1kQw9Lc3Vx8Nf2Rg7Hd5Jm4Ps0E',
  KEYINBOX_NETWORK_SECRET: 'Zk3vB8qLw1Xy7Tn0Rf5Hd2Jm9Pc4Gs6A',
  KEYINBOX_LOOKUP_PEPPER: 'mN7bV5cX3zL1kJ9hG8fD6sA4pO2iU0yT',
  ENVELOPE_KEY_ENCRYPTION_KEY: 'Wb6yQ1tK9mXr4Jd7Lf2Ns8Vc5Hg3Pz0E',
  ENVELOPE_TOKEN_PEPPER: 'uT5jR8nB2wZk7Gx4Cq1Mv9Ds6Fh3Lp0Y',
  CELL_SIGNING_KEY: 'tR6yU8iO1pA3sD5fG7hJ9kL2zX4cV0bN',
};

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => (folder = makeFolder()));
afterEach(() => folder.remove());

describe('polypost config check', () => {
  it('names every fault without a value and without a stack', async () => {
    const { code, out, err } = await run(['config', 'check'], { env: { PORT: 'canary', KEYINBOX_READ_SHAPE: 'canary', KEYINBOX_NETWROK_SECRET: 'canary' } });
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toEqual([
      'The settings cannot be used:',
      '  PORT must be a whole number from 0 to 65535',
      '  KEYINBOX_READ_SHAPE must be one of: object, list',
      '  KEYINBOX_NETWROK_SECRET is not a setting; did you mean KEYINBOX_NETWORK_SECRET?',
    ]);
  });

  it('KEY-53 asks for the secrets by name in production', async () => {
    const { code, err } = await run(['config', 'check'], { env: { NODE_ENV: 'production', POLYPOST_ADMIN_TOKEN: SECRETS.POLYPOST_ADMIN_TOKEN } });
    expect(code).toBe(1);
    expect(err).toContain('KEYINBOX_NETWORK_SECRET is missing');
    expect(err).toContain('KEYINBOX_LOOKUP_PEPPER is missing');
    expect(err).not.toContain('POLYPOST_ADMIN_TOKEN');
  });

  it('shows what is in force and hides secrets', async () => {
    writeFileSync(join(folder.path, '.env'), 'PORT=4000\nHOST=::1\nMESSAGE_MAX_SIZE=2K\n');
    const env = { ...SECRETS, KEYINBOX_LOOKUP_PEPPER: '', PORT: '5000', DATABASE_URL: '', POLYPOST_PORT: 'tcp://1.2.3.4' };
    const { code, out, err } = await run(['config', 'check'], { env, cwd: folder.path });
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    for (const line of ['PORT 5000 (environment)', 'HOST ::1 (environment)', 'MESSAGE_MAX_SIZE 2048 (environment)', 'LOG_LEVEL info', 'POLYPOST_ADMIN_TOKEN set (environment)', 'KEYINBOX_LOOKUP_PEPPER made on first boot', 'DATABASE_URL not set']) {
      expect(lines).toContain(line);
    }
    expect(err).toBe('warning: POLYPOST_PORT is not a setting and has no effect\n');
    for (const secret of Object.values(SECRETS)) expect(out + err).not.toContain(secret);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  it('shows the same as JSON', async () => {
    const { out } = await run(['config', 'check', '--json'], { env: { ...SECRETS, DATABASE_URL: 'postgres://u:canary@h/d' } });
    const { settings } = JSON.parse(out) as { settings: object[] };
    expect(settings).toContainEqual({ section: 'house', name: 'DATABASE_URL', value: 'set', origin: 'environment' });
    expect(settings).toContainEqual({ section: 'keyinbox', name: 'ALLOW_MESSAGE_EDIT', value: 'true', origin: 'default' });
    expect(out).not.toContain('canary');
  });
});

describe('polypost serve', () => {
  const env = { PORT: '0', METRICS_ADDRESS: 'off' };
  const started = async () => {
    const server = start(['serve'], { cwd: folder.path, env });
    await server.said('listens on');
    return server;
  };

  it('starts in an empty folder, tells the token once, stops on a signal and finds its data again', async () => {
    const first = await started();
    const asked = Date.now();
    first.child.kill('SIGTERM');
    const ended = await first.ended;
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect(ended.code).toBe(0);
    const token = readFileSync(join(folder.path, 'data/secrets/POLYPOST_ADMIN_TOKEN'), 'utf8').trim();
    const network = readFileSync(join(folder.path, 'data/secrets/KEYINBOX_NETWORK_SECRET'), 'utf8').trim();
    expect(ended.err.split(token)).toHaveLength(2);
    expect(ended.out).not.toContain(token);
    expect(ended.out + ended.err).not.toContain(network);

    const second = await started();
    second.child.kill('SIGINT');
    const again = await second.ended;
    expect(again.code).toBe(0);
    expect(again.out + again.err).not.toContain(token);
    expect(readFileSync(join(folder.path, 'data/secrets/POLYPOST_ADMIN_TOKEN'), 'utf8').trim()).toBe(token);
  }, 60_000);

  it('ends with the names of the settings at fault', async () => {
    const { code, err } = await run(['serve'], { cwd: folder.path, env: { PORT: 'canary' } });
    expect([code, err]).toEqual([1, 'The settings cannot be used:\n  PORT must be a whole number from 0 to 65535\n']);
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });
});

describe('the secrets of a composed deployment', () => {
  const script = join(bin, '../../scripts/make-secrets.js');
  const make = () => run(['made'], { file: script, cwd: folder.path, env: { DATABASE_HOST: 'db.example' } });
  const read = (path: string): string => readFileSync(join(folder.path, 'made', path), 'utf8').trim();

  it('are made once, with an address of the database that fits, and start a server', async () => {
    const first = await make();
    expect(first).toMatchObject({ code: 0, err: '' });
    const password = read('postgres/POSTGRES_PASSWORD');
    expect(read('polypost/DATABASE_URL')).toBe(`postgres://polypost:${password}@db.example:5432/polypost`);
    expect(first.out).not.toContain(password);
    expect(statSync(join(folder.path, 'made/polypost')).mode & 0o777).toBe(0o700);
    expect(await make()).toMatchObject({ code: 0, out: '' });
    expect(read('postgres/POSTGRES_PASSWORD')).toBe(password);

    const files = ['DATABASE_URL', ...Object.keys(SECRETS)].map((name) => [`${name}_FILE`, `made/polypost/${name}`]);
    const checked = await run(['config', 'check'], { cwd: folder.path, env: { NODE_ENV: 'production', PUBLIC_URL: 'https://a.example', ...Object.fromEntries(files) as Record<string, string> } });
    expect(checked).toMatchObject({ code: 0, err: '' });
  });
});

describe('polypost migrate', () => {
  it('brings an empty database up to date, twice', async () => {
    const database = await createEmptyDatabase();
    for (let i = 0; i < 2; i += 1) {
      const { code, out } = await run(['migrate'], { cwd: folder.path, env: { ...SECRETS, DATABASE_URL: database.url } });
      expect([code, out]).toEqual([0, 'The database is up to date.\n']);
    }
    await database.drop();
  });
});

describe('the polypost command', () => {
  it('tells its version, and wrong use in one line', async () => {
    const { version } = JSON.parse(readFileSync(join(bin, '../../package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
    expect(await run(['fly'])).toMatchObject({ code: 2, err: "error: unknown command 'fly'\n" });
  });

  it('finds the Node beside it when it is run by an older one', async () => {
    const older = join(folder.path, 'older.cjs');
    writeFileSync(older, "Object.defineProperty(process.versions, 'node', { value: '20.1.0' });");
    const found = await run(['--version'], { nodeArgs: ['--require', older] });
    expect(found).toMatchObject({ code: 0, err: '' });

    mkdirSync(join(folder.path, 'bin'));
    const lonely = join(folder.path, 'bin', 'polypost.mjs');
    copyFileSync(bin, lonely);
    const lost = await run(['--version'], { file: lonely, nodeArgs: ['--require', older] });
    expect(lost.code).toBe(1);
    expect(lost.err).toMatch(/^Polypost needs Node 24 or newer, and this is 20\.1\.0: [^\n]*\n$/);
    const bare = await run(['--version'], { file: lonely });
    expect([bare.code, bare.err]).toEqual([1, 'This installation of Polypost is incomplete: the folder dist is missing.\n']);
  });
});

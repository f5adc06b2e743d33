import { HouseVariables } from '../../../src/config/env.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { ConfigError, type ConfigFault } from '../../../src/config/config-error.js';
import { type NamedSection, type SecretSpec } from '../../../src/config/config.js';
import { ByteSize, CommaListOf, Flag, Origins, WholeNumber } from '../../../src/config/decorators.js';

class LanternVariables {
  static readonly secrets: readonly SecretSpec[] = [
    { name: 'LANTERN_SECRET', bytesMin: 32, rotates: true, shown: false },
  ];
  static readonly rateLimits = ['lantern.send'];
  static check(values: LanternVariables): readonly ConfigFault[] {
    return values.LANTERN_LOW > values.LANTERN_HIGH ? [{ name: 'LANTERN_LOW', rule: 'must not be above LANTERN_HIGH' }] : [];
  }

  @Flag() LANTERN_BRIGHT = true;
  @ByteSize({ min: 1, max: 1024 ** 3 }) LANTERN_SIZE = 1024;
  @CommaListOf(['red', 'green']) LANTERN_COLOURS: readonly string[] = ['red'];
  @Origins() LANTERN_ORIGINS: readonly string[] = [];
  @WholeNumber({ min: 0, max: 10 }) LANTERN_LOW = 1;
  @WholeNumber({ min: 0, max: 10 }) LANTERN_HIGH = 5;
  LANTERN_SECRET: string;
  LANTERN_SECRET_PREVIOUS: readonly string[];
}

const sections: readonly NamedSection[] = [{ name: 'lantern', config: LanternVariables }];
const SECRET = 'Zk3vB8qLw1Xy7Tn0Rf5Hd2Jm9Pc4Gs6A';
const TOKEN = 'aQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX';
const HOUSE_SECRETS = HouseVariables.secrets.map(({ name }) => name);
const SECRETS = {
  ...Object.fromEntries(HOUSE_SECRETS.map((name, index) => [name, `${TOKEN}${index}`])),
  POLYPOST_ADMIN_TOKEN: TOKEN,
  LANTERN_SECRET: SECRET,
};

function load(env: Record<string, string>, files?: Record<string, string>) {
  return loadConfig({
    env: { ...SECRETS, ...env },
    sections,
    ...(files && { files: (path: string) => files[path] ?? raise() }),
  });
}

function raise(): never {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
}

function faultsOf(env: Record<string, string>, files?: Record<string, string>): Record<string, string> {
  try {
    load(env, files);
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.faults.map(({ name, rule }) => [name, rule]));
    throw error;
  }
  return {};
}

describe('settings of the house', () => {
  it('have safe defaults', () => {
    const config = load({});
    expect({ ...config.house }).toEqual({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      DATABASE_POOL_MAX: 16,
      DATA_DIR: './data',
      DIALECTS: ['lantern'],
      LOG_LEVEL: 'info',
      RATE_LIMITS: { off: false, overrides: {} },
      TRUSTED_PROXIES: [],
      METRICS_ADDRESS: { host: '127.0.0.1', port: 9464 },
    });
    expect(config.publicUrl).toBe('http://localhost:3000');
    expect(config.embeddedDatabase).toBe(true);
    expect(config.warnings).toEqual([]);
  });

  it('take an address without slashes at its end', () => {
    expect(load({ PUBLIC_URL: 'https://post.example/chat//' }).publicUrl).toBe('https://post.example/chat');
    expect(load({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
    for (const bad of ['post.example', 'ftp://post.example', 'https://post.example/?a', 'https://post.example/?', 'https://post.example#', 'https://u:p@post.example', 'https:///x']) {
      expect(faultsOf({ PUBLIC_URL: bad })).toHaveProperty('PUBLIC_URL');
    }
  });

  it('know proxies by address, range and name', () => {
    expect(load({ TRUSTED_PROXIES: ' 10.0.0.0/8, ::1 ,loopback,' }).house.TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1', 'loopback']);
    for (const bad of ['10.0.0.0/33', 'proxy.example', '::1/129', '10.0.0/8', '1.2.3.4/']) {
      expect(faultsOf({ TRUSTED_PROXIES: bad })).toHaveProperty('TRUSTED_PROXIES');
    }
  });

  it('switch rate limits by name, and off only outside production', () => {
    expect(load({ RATE_LIMITS: 'lantern.send=5/60' }).house.RATE_LIMITS).toEqual({ off: false, overrides: { 'lantern.send': { count: 5, seconds: 60 } } });
    expect(load({ RATE_LIMITS: 'off' }).house.RATE_LIMITS.off).toBe(true);
    expect(faultsOf({ RATE_LIMITS: 'off', NODE_ENV: 'production' })).toHaveProperty('RATE_LIMITS');
    expect(faultsOf({ RATE_LIMITS: 'lantern.sent=5/60' })['RATE_LIMITS']).toContain('did you mean lantern.send');
    for (const bad of ['on', 'lantern.send=0/1', 'lantern.send=1', 'lantern.send=1/1,lantern.send=2/1']) {
      expect(faultsOf({ RATE_LIMITS: bad })).toHaveProperty('RATE_LIMITS');
    }
  });

  it('place the metrics', () => {
    expect(load({ METRICS_ADDRESS: 'off' }).house.METRICS_ADDRESS).toBe('off');
    expect(load({ METRICS_ADDRESS: '[::1]:9000' }).house.METRICS_ADDRESS).toEqual({ host: '::1', port: 9000 });
    for (const bad of ['9464', '::1:9464', 'localhost:70000']) expect(faultsOf({ METRICS_ADDRESS: bad })).toHaveProperty('METRICS_ADDRESS');
  });

  it('warn of an unprotected address in production', () => {
    expect(load({ NODE_ENV: 'production' }).warnings).toHaveLength(1);
    expect(load({ NODE_ENV: 'production', PUBLIC_URL: 'http://a.example' }).warnings[0]).toContain('not https');
    expect(load({ NODE_ENV: 'production', PUBLIC_URL: 'https://a.example' }).warnings).toEqual([]);
  });
});

describe('settings of a dialect', () => {
  it('are read into their types', () => {
    const values = load({ LANTERN_BRIGHT: 'FALSE', LANTERN_SIZE: '2k', LANTERN_COLOURS: 'green, red', LANTERN_ORIGINS: 'https://a.example,*' }).section(LanternVariables);
    expect(values.LANTERN_BRIGHT).toBe(false);
    expect(values.LANTERN_SIZE).toBe(2048);
    expect(values.LANTERN_COLOURS).toEqual(['green', 'red']);
    expect(values.LANTERN_ORIGINS).toEqual(['https://a.example', '*']);
  });

  it('KEY-53 take true, false, 1 and 0 and nothing else', () => {
    for (const [text, value] of [['1', true], ['0', false], ['True', true]] as const) {
      expect(load({ LANTERN_BRIGHT: text }).section(LanternVariables).LANTERN_BRIGHT).toBe(value);
    }
    for (const bad of ['yes', 'off', 'tru', '2', 'constructor']) {
      expect(faultsOf({ LANTERN_BRIGHT: bad })).toEqual({ LANTERN_BRIGHT: 'must be true, false, 1 or 0' });
    }
  });

  it('tell rules between variables once each is fine', () => {
    expect(faultsOf({ LANTERN_LOW: '7' })).toEqual({ LANTERN_LOW: 'must not be above LANTERN_HIGH' });
    expect(faultsOf({ LANTERN_LOW: '7', PORT: 'x' })).toEqual({ PORT: 'must be a whole number from 0 to 65535' });
  });

  it('refuse a dialect nobody knows', () => {
    expect(faultsOf({ DIALECTS: 'lantern,beacon' })).toEqual({ DIALECTS: 'must be a comma-separated list of: lantern' });
  });

  it('cannot be changed', () => {
    const config = load({});
    for (const target of [config, config.house, config.section(LanternVariables), config.house.DIALECTS]) expect(Object.isFrozen(target)).toBe(true);
  });
});

describe('secrets', () => {
  it('are named when missing, all of them', () => {
    const none = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, '']));
    expect(Object.keys(faultsOf(none))).toEqual([...HOUSE_SECRETS, 'LANTERN_SECRET']);
  });

  it('come from files too, without the line breaks at the end', () => {
    const config = load({ LANTERN_SECRET: '', LANTERN_SECRET_FILE: '/s' }, { '/s': `${SECRET}\r\n\n` });
    expect(config.section(LanternVariables).LANTERN_SECRET).toBe(SECRET);
    expect(config.originOf('LANTERN_SECRET')).toBe('file');
    expect(faultsOf({ LANTERN_SECRET_FILE: '/s' }, { '/s': SECRET })['LANTERN_SECRET']).toContain('given twice');
    expect(faultsOf({ LANTERN_SECRET: '', LANTERN_SECRET_FILE: '/gone' }, {})).toEqual({ LANTERN_SECRET_FILE: 'names a file that cannot be read (ENOENT)' });
    expect(faultsOf({ LANTERN_SECRET: '', LANTERN_SECRET_FILE: '/e' }, { '/e': '\n' })).toEqual({ LANTERN_SECRET_FILE: 'names an empty file' });
  });

  it('keep older values for rotation', () => {
    const other = `${SECRET}x`;
    const read = (text: string) => load({ LANTERN_SECRET_PREVIOUS: text }).section(LanternVariables).LANTERN_SECRET_PREVIOUS;
    expect(load({}).section(LanternVariables).LANTERN_SECRET_PREVIOUS).toEqual([]);
    expect(read(`${other}, ${other}y`)).toEqual([other, `${other}y`]);
    expect(read(`${other},z\n${SECRET}\n`)).toEqual([`${other},z`]);
    expect(faultsOf({ LANTERN_SECRET_PREVIOUS: 'short' })).toHaveProperty('LANTERN_SECRET_PREVIOUS');
  });

  it('must be long, various, one\'s own and each another', () => {
    for (const bad of ['short', 'a'.repeat(40), 'abcabcabc'.repeat(5), 'example-network-secret-0123456789abcdef', 'please-change-me-please-change-me-1234', TOKEN]) {
      expect(Object.keys(faultsOf({ LANTERN_SECRET: bad }))).toEqual(['LANTERN_SECRET']);
    }
    expect(faultsOf({ NODE_ENV: 'test', LANTERN_SECRET: 'example-network-secret-0123456789abcdef' })).toEqual({});
    expect(faultsOf({ NODE_ENV: 'test', LANTERN_SECRET: 'short' })).toHaveProperty('LANTERN_SECRET');
  });

  it('of a dialect that is switched off are not asked for', () => {
    class OtherVariables {}
    const both = [...sections, { name: 'other', config: OtherVariables }];
    const config = loadConfig({ env: { ...SECRETS, LANTERN_SECRET: '', DIALECTS: 'other' }, sections: both });
    expect(config.missingSecrets).toEqual([]);
  });

  it('do not show when the settings are printed', async () => {
    const { inspect } = await import('node:util');
    const config = load({ DATABASE_URL: 'postgres://u:verysecretword@h/d' });
    const shown = inspect(config, { depth: 9 }) + JSON.stringify([config, config.house, config.section(LanternVariables)]);
    for (const secret of [...Object.values(SECRETS), 'verysecretword']) expect(shown).not.toContain(secret);
    expect(config.house.DATABASE_URL).toContain('verysecretword');
    expect(config.house.POLYPOST_ADMIN_TOKEN).toBe(TOKEN);
  });
});

describe('unknown variables', () => {
  it('a slip away from a real one stop the start', () => {
    expect(faultsOf({ LANTERN_BRIHGT: '1' })['LANTERN_BRIHGT']).toBe('is not a setting; did you mean LANTERN_BRIGHT?');
  });

  it('of our prefix, or near a real one, are warned of', () => {
    expect(load({ POLYPOST_SERVICE_HOST: '1', DATABSE_URL: 'x', HOME: '/root', LANTERN_SIZE_FILE: '' }).warnings).toEqual([
      'DATABSE_URL is not a setting and has no effect; did you mean DATABASE_URL?',
      'POLYPOST_SERVICE_HOST is not a setting and has no effect',
    ]);
  });
});

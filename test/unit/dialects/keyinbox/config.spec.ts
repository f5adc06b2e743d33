import { loadConfig } from '../../../../src/config/load-config.js';
import { KeyInboxVariables } from '../../../../src/dialects/keyinbox/keyinbox.config.js';

const SECRETS = {
  POLYPOST_ADMIN_TOKEN: 'k1Jm7wq9Zt3vXr5bNs8dHf2gLc6pYa4e',
  OSSN_SITE_KEY: 'Bz6tY1kQw9Lc3Vx8Nf2Rg7Hd5Jm4Ps0E',
  FILE_URL_SECRET: 'h5Ns8dXr3vHf2gZt9LcYa4eJm7wq6pKb',
  KEYINBOX_NETWORK_SECRET: 'Qv8dR2mK5tX9bN3jH7wL4pZ6cF1gYs0a',
  KEYINBOX_LOOKUP_PEPPER: 'Wb3nT6yU9kP2mR5xJ8vC4hL7qZ1sDf0g',
};
const sections = [{ name: 'keyinbox', config: KeyInboxVariables }];
const load = (env: Record<string, string>) => loadConfig({ env: { NODE_ENV: 'production', DATABASE_URL: 'postgres://u@h/db', PUBLIC_URL: 'https://post.example', ...SECRETS, ...env }, sections });
const variables = (env: Record<string, string> = {}) => load(env).section(KeyInboxVariables);
const fault = (env: Record<string, string>): string => {
  try {
    load(env);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test('KEY-53 the defaults', () => {
  expect(variables()).toMatchObject({
    ALLOW_NOT_IDENTIFIED_SENDERS: true, ALLOW_MESSAGE_EDIT: true, ALLOW_MESSAGE_DELETION: true, COLLECT_SENDER_NET_INFORMATION: false,
    MESSAGE_MAX_SIZE: 1_048_576, SKYID_INSTANCE: '', DEBUG_ENABLED: false, KEYINBOX_READ_SHAPE: 'object', KEYINBOX_CORS_ORIGINS: [],
    KEYINBOX_COMPAT: ['0.13', '0.15'],
  });
  expect(variables().KEYINBOX_NETWORK_SECRET).toBe(SECRETS.KEYINBOX_NETWORK_SECRET);
  expect(variables().KEYINBOX_NETWORK_SECRET_PREVIOUS).toEqual([]);
});

test.each([['true', true], ['TRUE', true], ['1', true], ['false', false], ['False', false], ['0', false]])('KEY-53 a boolean may be %s', (text, value) => {
  expect(variables({ ALLOW_MESSAGE_EDIT: text }).ALLOW_MESSAGE_EDIT).toBe(value);
});

test.each(['yes', 'no', 'ture', '2', 'on'])('KEY-53 %p is no boolean: the start is refused by name, without the value', (text) => {
  for (const name of ['ALLOW_NOT_IDENTIFIED_SENDERS', 'ALLOW_MESSAGE_EDIT', 'ALLOW_MESSAGE_DELETION', 'COLLECT_SENDER_NET_INFORMATION', 'DEBUG_ENABLED']) {
    expect(fault({ [name]: text })).toContain(name);
    expect(fault({ [name]: 'ZZtypoZZ' })).not.toContain('ZZtypoZZ');
  }
});

test.each([['512', 512], ['512B', 512], ['2K', 2048], ['2m', 2_097_152]])('KEY-53 a size may be %s', (text, bytes) => {
  expect(variables({ MESSAGE_MAX_SIZE: text }).MESSAGE_MAX_SIZE).toBe(bytes);
});

test('KEY-53 other wrong values are refused too', () => {
  const wrong = { MESSAGE_MAX_SIZE: '0', SKYID_INSTANCE: 'too-long-1', KEYINBOX_READ_SHAPE: 'array', KEYINBOX_COMPAT: '0.14', KEYINBOX_CORS_ORIGINS: 'chat.example' };
  for (const [name, value] of Object.entries(wrong)) expect(fault({ [name]: value })).toContain(name);
});

test('KEY-53 no start without secrets, with short ones or with those of the examples', () => {
  for (const name of ['KEYINBOX_NETWORK_SECRET', 'KEYINBOX_LOOKUP_PEPPER']) {
    expect(fault({ [name]: '' })).toContain(name);
    expect(fault({ [name]: 'Qv8dR2mK5tX9bN3jH7wL4pZ6cF1gYs0' })).toContain(name);
    expect(fault({ [name]: 'example-network-secret-0123456789abcdef' })).toContain(name);
  }
});

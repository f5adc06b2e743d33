import { describeConfig } from '../../../../src/config/describe-config.js';
import { loadConfig } from '../../../../src/config/load-config.js';
import { PmVariables } from '../../../../src/dialects/social/pm/pm.config.js';

const SECRETS = { POLYPOST_ADMIN_TOKEN: 'k1Jm7wq9Zt3vXr5bNs8dHf2gLc6pYa4e', FILE_URL_SECRET: 'h5Ns8dXr3vHf2gZt9LcYa4eJm7wq6pKb' };
const JWT_SECRET = 'Qv8dR2mK5tX9bN3jH7wL4pZ6cF1gYs0a';
const sections = [{ name: 'pm', switch: 'social', config: PmVariables }];
const load = (env: Record<string, string> = {}) =>
  loadConfig({ env: { NODE_ENV: 'production', DATABASE_URL: 'postgres://u@h/db', PUBLIC_URL: 'https://post.example', ...SECRETS, ...env }, sections });
const fault = (env: Record<string, string>): string => {
  try {
    load(env);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test('PM-12 the secret of JWTs need not be given, is never made, and is off without', () => {
  const config = load();
  expect(config.section(PmVariables).PM_JWT_SECRET).toBeUndefined();
  expect([config.missingSecrets, config.section(PmVariables).PM_JWT_SECRET_PREVIOUS]).toEqual([[], []]);
  const draft = loadConfig({ env: {}, sections, allowMissingSecrets: true });
  expect(draft.missingSecrets.map(({ name }) => name)).toEqual(['POLYPOST_ADMIN_TOKEN', 'FILE_URL_SECRET']);
  const shown = (name: string) => describeConfig(draft).find((setting) => setting.name === name)?.value;
  expect([shown('PM_JWT_SECRET'), shown('FILE_URL_SECRET')]).toEqual(['not set', 'made on first boot']);
});

test('PM-12 a secret that is given is held to the rules of all secrets', () => {
  expect(load({ PM_JWT_SECRET: JWT_SECRET }).section(PmVariables).PM_JWT_SECRET).toBe(JWT_SECRET);
  for (const wrong of ['short', 'change-me-change-me-change-me-change-me', 'a'.repeat(40), SECRETS.FILE_URL_SECRET]) {
    const text = fault({ PM_JWT_SECRET: wrong });
    expect(text).toContain('PM_JWT_SECRET');
    expect(text).not.toContain(wrong);
  }
});

test('PM-21 PM-31 PM-33 PM-43 PM-48 PM-61 PM-75 PM-77 PM-98 the defaults', () => {
  expect({ ...load().section(PmVariables) }).toEqual({
    PM_SEND_SHAPE: 'auto', PM_RECIPIENTS_MAX: 50, PM_MESSAGE_MAX: 10_000, PM_STAFF_WRITES_ALL: true, PM_CORS_ORIGINS: [], PM_FILE_MAX: 10 * 1024 * 1024,
    PM_FILE_URL_TTL: 86_400, PM_WITHDRAWN_TEXT: 'Message delete', PM_PUBLIC_USERS: false, PM_ACCESS_TOKEN_TTL: 36_000, PM_REFRESH_TOKEN_TTL: 30 * 86_400, PM_JWT_TTL_MAX: 86_400,
  });
});

test.each([['PM_SEND_SHAPE', 'both'], ['PM_RECIPIENTS_MAX', '0'], ['PM_RECIPIENTS_MAX', '201'], ['PM_CORS_ORIGINS', 'community.example'], ['PM_JWT_TTL_MAX', '59'], ['PM_PUBLIC_USERS', 'maybe'], ['PM_WITHDRAWN_TEXT', 'a\u0007b'], ['PM_FILE_MAX', '2G']])(
  '%s must not be %j', (name, value) => {
    expect(fault({ [name]: value })).toContain(name);
  },
);

import { type RateLimit } from '../../../config/setting-types.js';

const perMinute = (count: number): RateLimit => ({ count, seconds: 60 });

/** How often one may do what, unless RATE_LIMITS says otherwise. */
export const RATES = {
  // per user
  'pm.send': perMinute(120),
  'pm.follow': perMinute(120),
  'pm.hide': perMinute(60),
  'pm.search': perMinute(120),
  'pm.upload': perMinute(600),
  // per client address
  'pm.bad_token': perMinute(120),
  'pm.oauth_client': perMinute(60),
  // wrong passwords, per account and per client address
  'pm.password_account': { count: 10, seconds: 600 },
  'pm.password_address': { count: 100, seconds: 600 },
} as const satisfies Record<string, RateLimit>;

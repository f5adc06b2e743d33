import { type RateLimit } from '../../config/setting-types.js';

const perMinute = (count: number): RateLimit => ({ count, seconds: 60 });

/** How often one client address may do what, unless RATE_LIMITS says otherwise. */
export const RATES = {
  'envelope.deliver': perMinute(600),
  'envelope.failed': perMinute(30),
  'envelope.challenge': perMinute(30),
  'envelope.register': { count: 20, seconds: 3600 },
  'envelope.directory': perMinute(60),
  'envelope.bad_session': perMinute(60),
  'envelope.bad_token': perMinute(60),
} as const satisfies Record<string, RateLimit>;

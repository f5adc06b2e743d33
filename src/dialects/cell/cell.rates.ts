import { type RateLimit } from '../../config/setting-types.js';

/** How often one may do what, unless RATE_LIMITS says otherwise. */
export const RATES = {
  'cell.password_account': { count: 10, seconds: 600 },
  'cell.password_address': { count: 100, seconds: 600 },
} as const satisfies Record<string, RateLimit>;

import { SESSION } from '../../../../core/accounts/credentials.js';

/** The name of the dialect among credentials. */
export const CREDENTIALS = 'pm';
/** Kinds of credentials: `access` is made by hand, `session` by signing in. Both open the same. */
export const TOKEN_KINDS = { access: 'access', session: SESSION } as const;
/** Stands before access tokens, so that scanners recognise a leaked one. Only characters a sub-protocol name may have. */
export const ACCESS_PREFIX = 'pppm_';

/** The name of the dialect among credentials. */
export const CREDENTIALS = 'pm';
/** Kinds of credentials. */
export const TOKEN_KINDS = { access: 'access' } as const;
/** Stands before access tokens, so that scanners recognise a leaked one. Only characters a sub-protocol name may have. */
export const ACCESS_PREFIX = 'pppm_';

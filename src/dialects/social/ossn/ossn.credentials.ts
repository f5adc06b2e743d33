import { SESSION } from '../../../core/accounts/credentials.js';

/** The name of the dialect among credentials, and of its messages' origin. */
export const CREDENTIALS = 'ossn';

/** Kinds of credentials. Neither opens what another is for. */
export const KEY_KINDS = { site: 'site', user: 'user', session: SESSION } as const;

/** Stands before keys, so that scanners recognise a leaked one. */
export const KEY_PREFIX = 'ppossn_';

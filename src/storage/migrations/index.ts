import { Foundation1795251600000 } from './1795251600000-foundation.js';
import { PmAuth1795255200000 } from './1795255200000-pm-auth.js';
import { PmFiles1795255300000 } from './1795255300000-pm-files.js';
import { RecentConversations1795257000000 } from './1795257000000-recent-conversations.js';

/** In order of their stamps; an explicit list, because globs break in compiled and tested code alike. */
export const migrations = [Foundation1795251600000, PmAuth1795255200000, PmFiles1795255300000, RecentConversations1795257000000];

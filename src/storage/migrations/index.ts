import { Foundation1795251600000 } from './1795251600000-foundation.js';
import { PmAuth1795255200000 } from './1795255200000-pm-auth.js';
import { PmFiles1795255300000 } from './1795255300000-pm-files.js';
import { CredentialExpiry1795257000000 } from './1795257000000-credential-expiry.js';
import { RecentConversations1795257100000 } from './1795257100000-recent-conversations.js';
import { CellControl1795780800000 } from './1795780800000-cell-control.js';
import { CellMessages1795784400000 } from './1795784400000-cell-messages.js';
import { Envelope1795788000000 } from './1795788000000-envelope.js';

/** In order of their stamps; an explicit list, because globs break in compiled and tested code alike. */
export const migrations = [
  Foundation1795251600000,
  PmAuth1795255200000,
  PmFiles1795255300000,
  CredentialExpiry1795257000000,
  RecentConversations1795257100000,
  CellControl1795780800000,
  CellMessages1795784400000,
  Envelope1795788000000,
];

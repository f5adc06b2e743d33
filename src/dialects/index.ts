import { type Dialect } from '../http/dialect.js';
import { cellDialect } from './cell/cell.dialect.js';
import { envelopeDialect } from './envelope/envelope.dialect.js';
import { keyInboxDialect } from './keyinbox/keyinbox.dialect.js';
import { ossnDialect } from './social/ossn/ossn.dialect.js';
import { pmDialect } from './social/pm/pm.dialect.js';

/** Every message API this server speaks, the more specific territory first. */
export const dialects: readonly Dialect[] = [pmDialect, ossnDialect, envelopeDialect, keyInboxDialect, cellDialect];

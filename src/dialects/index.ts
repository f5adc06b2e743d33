import { type Dialect } from '../http/dialect.js';
import { keyInboxDialect } from './keyinbox/keyinbox.dialect.js';

/** Every message API this server speaks, the more specific territory first. */
export const dialects: readonly Dialect[] = [keyInboxDialect];

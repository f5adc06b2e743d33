import * as ledger from './ledger.js';

/** Every tool: `run(options)` gives one row or several of the table, `options` names its amounts. */
export const tools = { ledger };

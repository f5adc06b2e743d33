import * as canaries from './canaries.js';
import * as files from './files.js';
import * as fuzz from './fuzz.js';
import * as ledger from './ledger.js';
import * as matrix from './matrix.js';
import * as selftest from './selftest.js';
import * as once from './once.js';

/** Every tool: `run(options)` gives one row or several of the table, `options` names its amounts. */
export const tools = { ledger, once, matrix, fuzz, canaries, files, selftest };

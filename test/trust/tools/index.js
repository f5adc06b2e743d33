import * as apart from './apart.js';
import * as canaries from './canaries.js';
import * as clocks from './clocks.js';
import * as deletion from './deletion.js';
import * as drain from './drain.js';
import * as egress from './egress.js';
import * as files from './files.js';
import * as fuzz from './fuzz.js';
import * as ledger from './ledger.js';
import * as linear from './linear.js';
import * as matrix from './matrix.js';
import * as memory from './memory.js';
import * as once from './once.js';
import * as selftest from './selftest.js';
import * as soak from './soak.js';

/** Every tool: `run(options)` gives one row or several of the table, `options` names its amounts. */
export const tools = { ledger, once, matrix, fuzz, canaries, files, egress, drain, memory, deletion, apart, clocks, linear, soak, selftest };

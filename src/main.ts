import { runCli } from './cli/main.js';

// The container image and process managers start this file; people type `polypost`.
process.exitCode = await runCli(process.argv.length > 2 ? process.argv.slice(2) : ['serve']);

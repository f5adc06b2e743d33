#!/usr/bin/env node
// The envelope command. It stands here, and not in dist, because npm links a command only when its
// file is there at install time.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const main = new URL('../dist/cli/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) stop(`envelope needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.versions.node}.`);
else if (!existsSync(fileURLToPath(main))) stop('envelope is not built yet: run npm run build.');
else {
  const { runCli } = await import(main.href);
  process.exitCode = await runCli(process.argv.slice(2));
}

function stop(line) {
  console.error(line);
  process.exitCode = 1;
}

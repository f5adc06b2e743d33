#!/usr/bin/env node
// The envelope command. It stands here, and not in dist, because npm links a command only when its
// file is there at install time. Written so that old versions of Node can read it: it finds one that
// is new enough where npm installed one, and hands over.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const here = fileURLToPath(import.meta.url);
const main = new URL('../dist/cli/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) useNewerNode();
else if (!existsSync(fileURLToPath(main))) stop('envelope is not built yet: run npm run build.');
else {
  const { runCli } = await import(main.href);
  process.exitCode = await runCli(process.argv.slice(2));
}

/** The package node-<platform>-<arch>, an optional dependency of the server, has the version we need. */
function useNewerNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const node = findNode(`node-${platform}-${process.arch}`, platform === 'win' ? 'node.exe' : 'node');
  if (!node) {
    stop(`envelope needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.versions.node}.`);
    return;
  }
  const { status, error } = spawnSync(node, [here, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (error) stop(`Node cannot be started: ${error.message}`);
  else process.exitCode = status ?? 1;
}

function findNode(name, file) {
  try {
    const program = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', file);
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

function stop(line) {
  console.error(line);
  process.exitCode = 1;
}

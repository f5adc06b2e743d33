#!/usr/bin/env node
// The polypost command. Written so that old versions of Node can read it: it finds one that is new
// enough, makes sure that there is something to run, and hands over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NODE_MAJOR_MIN = 24;
// Megabytes of the space that new objects are made in; it takes up to three times as much. V8's own bound is four times
// as high, which costs a hundred megabytes of memory for a server that is no faster. It can be set at the start alone.
const YOUNG_SPACE = '--max-semi-space-size';
const YOUNG_SPACE_MB = 8;
const here = fileURLToPath(import.meta.url);
const root = dirname(dirname(here));

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) useNewerNode();
else {
  if (needsOptions()) startAgain();
  await run();
}

/** The server alone lives long enough for it to matter, and whoever chose a bound himself knows better. */
function needsOptions() {
  const given = [...process.execArgv, process.env.NODE_OPTIONS || ''].some((option) => option.includes(YOUNG_SPACE));
  return process.argv[2] === 'serve' && !given && process.platform !== 'win32' && typeof process.execve === 'function';
}

/** The same process, id and output, from the beginning; comes back only where that is not allowed. */
function startAgain() {
  try {
    process.execve(process.execPath, [process.execPath, ...options(), ...process.execArgv, here, ...process.argv.slice(2)], process.env);
  } catch {
    // it serves as well without
  }
}

function options() {
  return [`${YOUNG_SPACE}=${YOUNG_SPACE_MB}`];
}

async function run() {
  const main = join(root, 'dist', 'src', 'cli', 'main.js');
  if (!isBuilt(main) && !(await buildFirst())) return;
  const { runCli } = await import(pathToFileURL(main).href);
  process.exitCode = await runCli(process.argv.slice(2));
}

/** In a checkout the packages are built beside the server; in an image both are there. */
function isBuilt(main) {
  const envelope = join(root, 'packages', 'envelope');
  return existsSync(main) && (!existsSync(envelope) || existsSync(join(envelope, 'dist', 'codec.js')));
}

async function buildFirst() {
  const builder = join(root, 'scripts', 'build.js');
  if (!existsSync(builder)) return fail('This installation of Polypost is incomplete: the folder dist is missing.');
  const { build, canBuild } = await import(pathToFileURL(builder).href);
  if (canBuild()) console.error('Polypost is built before its first start.');
  const problem = build();
  return problem === undefined || fail(problem);
}

/** The package node-<platform>-<arch> that npm installed beside us has the version we need. */
function useNewerNode() {
  const node = findNode();
  if (!node) {
    fail(`Polypost needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.versions.node}: install it, or run npm ci on a platform with a node package.`);
    return;
  }
  const child = spawn(node, [...options(), here, ...process.argv.slice(2)], { stdio: 'inherit' });
  // a terminal sends Ctrl-C to both of us; anybody else knows only this process
  const onTerminal = process.stdin.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      if (!(signal === 'SIGINT' && onTerminal)) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`Node cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (!signal) return;
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const program = join(folder, 'bin', platform === 'win' ? 'node.exe' : 'node');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

function fail(line) {
  console.error(line);
  process.exitCode = 1;
  return false;
}

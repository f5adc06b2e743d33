// npm test: builds if the sources changed (tests start the real server), then runs Jest with the
// arguments given. npm run test:browser (--browser) runs those that need Chromium.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, isFresh } from './build.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const browser = args.includes('--browser');

if (Number(process.versions.node.split('.')[0]) < 24) {
  stop(`The tests need Node 24 and this is ${process.versions.node}: run them as npm test, which finds the one npm installed.`);
}
if (!isFresh()) {
  const problem = build();
  if (problem) stop(problem);
}
const chromium = browser ? findChromium() : undefined;
if (browser && !chromium) stop('No Chromium found: install it (Debian: apt-get install chromium), or set CHROMIUM to its path.');

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...(browser ? ['--testPathIgnorePatterns=/node_modules/', '--runInBand', ...pathsOrAll()] : args),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(chromium && { CHROMIUM: chromium }) } },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => jest.kill(signal));
jest.on('error', (error) => stop(`Jest cannot be started: ${error.message}`));
jest.on('exit', (code) => process.exit(code ?? 1));

/** Paths are patterns in Jest: none given means everything in test/browser. */
function pathsOrAll() {
  const rest = args.filter((arg) => arg !== '--browser');
  return rest.some((arg) => !arg.startsWith('-')) ? rest : ['test/browser/', ...rest];
}

function findChromium() {
  if (process.env.CHROMIUM) return existsSync(process.env.CHROMIUM) ? process.env.CHROMIUM : undefined;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  for (const name of names) {
    const found = spawnSync(process.platform === 'win32' ? 'where' : 'which', [name], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.split('\n')[0].trim();
  }
  return undefined;
}

function stop(line) {
  console.error(line);
  process.exit(1);
}

// Compiles each package into its own dist, then src into dist. Run by hand it builds always; others
// ask isFresh() first.
//
// The compiler is TypeScript's native one (it checks types and takes half a second); where its
// program for this platform is missing, the ordinary one does the same more slowly. The result is
// made beside dist and moved into place, so that two builds at once and a killed build leave either
// a whole dist or none.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LINES_SHOWN_MAX = 20;
const stamp = '.built-from';

/**
 * What is built, in this order, because the server uses the types of the packages: a folder that gets
 * a dist, the compiler's settings, where the sources land in dist, and what must be there to run it.
 */
const targets = [
  ...packageFolders().map((folder) => ({ folder, config: join(folder, 'tsconfig.json'), landing: '.', entry: 'index.js' })),
  { folder: root, config: join(root, 'tsconfig.build.json'), landing: 'src', entry: join('src', 'cli', 'main.js') },
];

/** Whether dist can be run; says nothing of whether it is up to date. */
export const isBuilt = () => targets.every(({ folder, entry }) => existsSync(join(folder, 'dist', entry)));

/** Whether dist was made from the sources as they are now. */
export function isFresh() {
  const print = fingerprint();
  return isBuilt() && targets.map(({ folder }) => join(folder, 'dist', stamp)).every((path) => existsSync(path) && readFileSync(path, 'utf8') === print);
}

/** Whether there is anything to build with: a production install has no compiler. */
export const canBuild = () => targets.every(({ config }) => existsSync(config)) && compilers().length > 0;

/** Builds. @returns {string | undefined} what went wrong, undefined when all is well */
export function build() {
  const compiler = compilers()[0];
  if (!compiler) return 'There is nothing to build with: run npm ci with development dependencies, once.';
  const print = fingerprint();
  for (const target of targets) {
    const problem = buildTarget(compiler, target, print);
    if (problem) return problem;
  }
  return undefined;
}

function buildTarget(compiler, { folder, config, landing }, print) {
  const draft = join(root, '.tmp', `dist-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  try {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [compiler, '-p', config, '--outDir', draft, '--noEmitOnError', '--pretty', 'false'],
      { cwd: root, encoding: 'utf8' },
    );
    if (status !== 0) return ['The sources do not compile:', ...`${stdout}${stderr}`.split('\n').slice(0, LINES_SHOWN_MAX)].join('\n').trimEnd();
    copyAssets(join(folder, 'src'), join(draft, landing));
    writeFileSync(join(draft, stamp), print);
    putInPlace(draft, join(folder, 'dist'));
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function packageFolders() {
  const folder = join(root, 'packages');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')));
  return names.sort().map((name) => join(folder, name));
}

function compilers() {
  // other packages bring a compiler along; without the types of ours it cannot do its work
  const types = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies).filter((name) => name.startsWith('@types/'));
  if (!types.every((name) => existsSync(join(root, 'node_modules', name)))) return [];
  const nativeProgram = join(root, 'node_modules', '@typescript', `typescript-${process.platform}-${process.arch}`);
  const native = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const ordinary = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return [...(existsSync(nativeProgram) ? [native] : []), ordinary].filter((path) => existsSync(path));
}

/** Everything in src that is not compiled (pages, style sheets) goes along as it is. */
function copyAssets(sources, draft) {
  for (const path of filesIn(sources)) {
    if (path.endsWith('.ts')) continue;
    const target = join(draft, relative(sources, path));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target);
  }
}

function putInPlace(draft, dist) {
  const old = join(root, '.tmp', `dist-old-${process.pid}`);
  for (let attempt = 1; ; attempt += 1) {
    if (existsSync(dist)) renameSync(dist, old);
    rmSync(old, { recursive: true, force: true });
    try {
      renameSync(draft, dist);
      return;
    } catch (error) {
      // another build took the place in between
      if (attempt >= 5 || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) throw error;
    }
  }
}

function fingerprint() {
  const hash = createHash('sha256');
  const single = ['ormconfig.ts', 'tsconfig.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = targets.flatMap(({ folder, config }) => [...filesIn(join(folder, 'src')), config]);
  for (const path of [...sources, ...single]) {
    if (existsSync(path)) hash.update(`${relative(root, path)}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = build();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
}

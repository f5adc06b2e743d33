// What the checking scripts share: the built server's own parts on a database of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, isFresh } from './build.js';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Imports a module of the built server, building first where the sources changed. */
export function importBuilt(path) {
  if (!isFresh()) {
    const problem = build();
    if (problem) throw new Error(problem);
  }
  return import(pathToFileURL(join(root, 'dist', path)).href);
}

/** Runs work with a folder that is gone afterwards. */
export async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'polypost-check-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends the process with one line and code 1 when the work fails. */
export async function orStop(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

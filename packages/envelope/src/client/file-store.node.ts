import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Memory, type MemoryStore } from './contacts.js';

/** A change takes a few milliseconds: a lock this old belongs to nobody any more. */
const LOCK_STALE_MS = 5_000;
const LOCK_STEP_MS = 20;

/** Keeps the memory in one file that only its owner can read; a save replaces it whole. */
export class FileStore implements MemoryStore {
  constructor(private readonly path: string) {}

  async load(): Promise<Memory> {
    const empty: Memory = { contacts: {}, servers: {}, seen: {} };
    return { ...empty, ...((await readJsonFile(this.path)) as Partial<Memory> | undefined) };
  }

  save(memory: Memory): Promise<void> {
    return writeJsonFile(this.path, memory);
  }

  /** A folder beside the file is the lock; one that a killed process left behind is taken over. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const lock = `${this.path}.lock`;
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    for (let waited = 0; !(await takes(lock)); waited += LOCK_STEP_MS) {
      if (waited >= LOCK_STALE_MS) await rm(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, LOCK_STEP_MS));
    }
    try {
      return await work();
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
}

async function takes(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Reads a file of JSON. @returns undefined when there is none */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file of JSON that only its owner can read, whole or not at all. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, `${JSON.stringify(value, null, 1)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

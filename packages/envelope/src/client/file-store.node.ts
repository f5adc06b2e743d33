import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Memory, type MemoryStore } from './contacts.js';

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

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError } from './config-error.js';
import { systemErrorCode } from './system-error.js';

/** A copying file system shows a file before it is whole; the line break at its end tells. */
const WHOLE_WAIT_MS = 20;
const WHOLE_WAITS_MAX = 50;

/** What happened to a secret file. */
export interface KeptSecret {
  readonly value: string;
  /** false: it was there already */
  readonly made: boolean;
  /** true: others than the owner could have read it until now */
  readonly wasOpen: boolean;
}

/**
 * The folder of secrets made on first boot: one file per secret, mode 0600, in a folder of mode
 * 0700. A file never changes once it has its name, and two processes that make the same secret at
 * once both end with the one that got the name first.
 */
export class SecretFolder {
  constructor(readonly path: string) {}

  /** @returns the path of a secret's file */
  pathOf(name: string): string {
    return join(this.path, name);
  }

  /** Makes the folder, or closes one that is there to everybody but its owner. */
  async prepare(): Promise<void> {
    await this.guard('DATA_DIR', 'cannot hold a folder for secrets', async () => {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      const { mode } = await lstat(this.path);
      if ((mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(this.path, 0o700);
    });
  }

  /** @returns whether there is any secret in the folder */
  async isEmpty(): Promise<boolean> {
    const names = await readdir(this.path).catch(() => []);
    return names.every((name) => name.startsWith('.'));
  }

  /**
   * @param name the variable the secret stands for
   * @param make gives the value if there is none yet
   * @returns the value in force for every process that uses this folder
   * @throws ConfigError when a file is there that cannot serve
   */
  async keep(name: string, make: () => string): Promise<KeptSecret> {
    const found = await this.read(name);
    if (found) return { ...found, made: false };
    const made = await this.guard(name, 'cannot be kept in DATA_DIR/secrets', () => this.write(name, make()));
    const kept = await this.read(name);
    if (!kept) throw this.fault(name, 'vanished from DATA_DIR/secrets while the server started');
    return { ...kept, made };
  }

  private async read(name: string): Promise<Omit<KeptSecret, 'made'> | undefined> {
    const path = this.pathOf(name);
    return this.guard(name, 'cannot be read from DATA_DIR/secrets', async () => {
      const stat = await lstat(path).catch((error: unknown) => (systemErrorCode(error) === 'ENOENT' ? undefined : Promise.reject(error as Error)));
      if (!stat) return undefined;
      if (!stat.isFile()) throw this.fault(name, 'in DATA_DIR/secrets is not a regular file');
      const wasOpen = (stat.mode & 0o077) !== 0 && process.platform !== 'win32';
      if (wasOpen) await chmod(path, 0o600);
      const value = await readWhole(path);
      if (value === '') {
        throw this.fault(name, 'in DATA_DIR/secrets is an empty file: put its content back, or remove it to have a new secret made');
      }
      return { value, wasOpen };
    });
  }

  /** @returns whether this process's value got the name */
  private async write(name: string, value: string): Promise<boolean> {
    const path = this.pathOf(name);
    const draft = join(this.path, `.${name}.${randomUUID()}.draft`);
    await writeDurably(draft, `${value}\n`);
    try {
      return await claim(draft, path);
    } finally {
      await unlink(draft);
      await syncFolder(this.path);
    }
  }

  private async guard<T>(name: string, rule: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw this.fault(name, `${rule} (${systemErrorCode(error) ?? 'unknown error'})`);
    }
  }

  private fault(name: string, rule: string): ConfigError {
    return new ConfigError([{ name, rule }]);
  }
}

/** A second name for a finished file: unlike rename, link refuses a name that is taken. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
  }
  // no hard links here (some shared folders): copy, which refuses a taken name too
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    await chmod(path, 0o600);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readWhole(path: string): Promise<string> {
  let text = '';
  for (let waits = 0; waits < WHOLE_WAITS_MAX; waits += 1) {
    text = await readFile(path, 'utf8');
    if (text.endsWith('\n')) break;
    await pause(WHOLE_WAIT_MS);
  }
  return text.replace(/[\r\n]+$/, '');
}

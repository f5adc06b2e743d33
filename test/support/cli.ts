import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const bin = join(import.meta.dirname, '..', '..', 'bin', 'polypost.js');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** waits until the text was printed on either stream */
  said(text: string): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
  /** the file to run; default the polypost command */
  readonly file?: string;
  readonly nodeArgs?: readonly string[];
}

/** Starts the command as a shell would, in an environment with nothing but PATH and what is given. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.file ?? bin, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: tmpdir(), ...options.env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  const said = async (text: string): Promise<void> => {
    while (!(out + err).includes(text)) {
      const over = await Promise.race([ended, new Promise<null>((resolve) => setTimeout(resolve, 20, null))]);
      if (over && !(over.out + over.err).includes(text)) throw new Error(`ended without saying it: ${over.out}${over.err}`);
    }
  };
  return { child, ended, said };
}

/** Runs the command to its end. */
export const run = (args: readonly string[], options?: RunOptions): Promise<Ended> => start(args, options).ended;

/** A folder of a test's own. */
export function makeFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'polypost-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

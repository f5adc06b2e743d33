import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { systemErrorCode } from '../config/system-error.js';
import { CliError, exitCodes } from './cli-error.js';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const DELETE = '\u007f';

/**
 * Reads a line from the terminal without showing it.
 *
 * @param what it is, in a word or two
 * @throws CliError when the person gives up
 */
export function askSecret(what: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(`${what}: `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.removeAllListeners('data');
      stderr.write('\n');
    };
    stdin.on('data', (chunk: string) => {
      for (const character of chunk) {
        if (character === CTRL_C || character === CTRL_D) {
          finish();
          reject(new CliError(`no ${what.toLowerCase()} was given`, exitCodes.usage));
          return;
        }
        if (character === '\r' || character === '\n') {
          finish();
          resolve(typed.trim());
          return;
        }
        typed = character === DELETE || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    });
    stdin.resume();
  });
}

/**
 * Finds a password: in a file, in the standard input, or asked for on the terminal. Never on the
 * command line, which every user of the machine can see.
 *
 * @param file path of a file that holds the password and nothing else, `-` for the standard input,
 *   or undefined
 * @throws CliError when there is none
 */
export async function findPassword(file: string | undefined): Promise<string> {
  const password = file === undefined ? await askPassword() : await passwordIn(file);
  if (password === '') throw new CliError('the password is empty', exitCodes.usage);
  return password;
}

async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) throw new CliError('no password: give --password-file FILE, or --password-file - for the standard input', exitCodes.usage);
  return askSecret('Password');
}

async function passwordIn(file: string): Promise<string> {
  try {
    const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
    return content.replace(/\r?\n$/, '');
  } catch (error) {
    throw new CliError(`${file} cannot be read (${systemErrorCode(error) ?? 'unknown error'})`, exitCodes.usage);
  }
}

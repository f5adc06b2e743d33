import { readFile } from 'node:fs/promises';
import { createClient, sdk } from '../index.js';
import { type Account } from '../client/account.js';
import { parseAddress } from '../client/address.js';
import { type EnvelopeClient } from '../client/client.js';
import { Contacts } from '../client/contacts.js';
import { UsageError } from '../client/errors.js';
import { type Identity } from '../identity/identity.js';
import { SUITE_IDS, type SuiteId } from '../suites/registry.js';
import { Home } from './home.js';

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly allowHttp?: boolean;
  readonly algorithm?: string;
}

/** What every command works with: where to keep things, how to reach servers, where to write. */
export class Desk {
  readonly home: Home;
  readonly backend = sdk.backend;

  constructor(
    readonly options: CommonOptions,
    private readonly out: (text: string) => void,
  ) {
    this.home = new Home(options.home);
  }

  /** Writes one result: as one line of JSON, or in words. */
  print(value: unknown, words: string): void {
    this.out(`${this.options.json === true ? JSON.stringify(value) : words}\n`);
  }

  identity(): Promise<Identity> {
    return this.home.identity(this.backend);
  }

  client(): EnvelopeClient {
    const { algorithm, allowHttp = false } = this.options;
    return createClient({
      contacts: new Contacts(this.home.store),
      allowHttp: allowHttp || process.env.ENVELOPE_ALLOW_HTTP === '1',
      ...(algorithm !== undefined && { preference: preferring(algorithm) }),
    });
  }

  /** The account one registered, logged in when that is needed. */
  async account(client = this.client()): Promise<Account> {
    const { address } = await this.home.account();
    return client.account(parseAddress(address), await this.identity(), await this.home.session(), (grant) => this.home.saveSession(grant));
  }
}

/** The named suite first; the others after it, because it may fit one layer only. */
function preferring(algorithm: string): readonly SuiteId[] {
  const wanted = SUITE_IDS.find((id) => id === algorithm);
  if (wanted === undefined) throw new UsageError(`Algorithms are ${SUITE_IDS.join(', ')}.`);
  return [wanted, ...SUITE_IDS.filter((id) => id !== wanted)];
}

/** Reads a file, or standard input for `-`. @throws UsageError */
export async function readInput(path: string): Promise<string> {
  if (path !== '-') {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new UsageError(`${path} cannot be read.`, { cause: error });
    }
  }
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** A secret from a file, from standard input (`-`) or from the environment; never from the command line. @throws UsageError */
export async function readSecret(path: string | undefined, variable: string, what: string): Promise<string> {
  const secret = path === undefined ? process.env[variable] : (await readInput(path)).replace(/\r?\n$/, '');
  if (secret === undefined || secret === '') throw new UsageError(`${what} is needed: in a file, on standard input or in ${variable}.`);
  return secret;
}

/** Text that cannot take over a terminal: control characters but line breaks and tabs are shown as what they are. */
export function safe(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

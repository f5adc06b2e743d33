import { homedir } from 'node:os';
import { join } from 'node:path';
import { type SessionGrant } from '../client/session.js';
import { UsageError } from '../client/errors.js';
import { FileStore, readJsonFile, writeJsonFile } from '../client/file-store.node.js';
import { type Identity, type IdentityFile, identityFromFile, identityToFile } from '../identity/identity.js';
import { type Backend } from '../backend/backend.js';

/** Who one is on which server. */
export interface AccountFile {
  readonly address: string;
  readonly user_id: string;
}

/** An access token one gave out. The server keeps its hash only. */
export interface OwnToken {
  readonly token_id: string;
  readonly token: string;
  readonly label: string;
  readonly created_at: string;
}

/** The folder where the command keeps keys, contacts and tokens; files of mode 0600. */
export class Home {
  /** @param folder `--home`, else `ENVELOPE_HOME`, else `.envelope` in the user's home */
  constructor(private readonly folder = process.env.ENVELOPE_HOME ?? join(homedir(), '.envelope')) {}

  /** Contacts, servers and what was seen. */
  get store(): FileStore {
    return new FileStore(join(this.folder, 'memory.json'));
  }

  /** One's own keys. @throws UsageError when there are none yet */
  async identity(backend: Backend): Promise<Identity> {
    const file = await this.read<IdentityFile>('identity.json');
    if (file === undefined) throw new UsageError('There are no keys yet: run envelope keygen.');
    return identityFromFile(backend, file);
  }

  /** Whether there are keys. */
  async hasIdentity(): Promise<boolean> {
    return (await this.read('identity.json')) !== undefined;
  }

  saveIdentity(identity: Identity): Promise<void> {
    return this.write('identity.json', identityToFile(identity));
  }

  /** Who one is. @throws UsageError before registration */
  async account(): Promise<AccountFile> {
    const account = await this.read<AccountFile>('account.json');
    if (account === undefined) throw new UsageError('There is no account yet: run envelope register name@host.');
    return account;
  }

  /** The same, undefined before registration. */
  findAccount(): Promise<AccountFile | undefined> {
    return this.read('account.json');
  }

  saveAccount(account: AccountFile): Promise<void> {
    return this.write('account.json', account);
  }

  session(): Promise<SessionGrant | undefined> {
    return this.read('session.json');
  }

  saveSession(grant: SessionGrant): Promise<void> {
    return this.write('session.json', grant);
  }

  /** Tokens given out, the oldest first. */
  async tokens(): Promise<readonly OwnToken[]> {
    return (await this.read<readonly OwnToken[]>('tokens.json')) ?? [];
  }

  saveTokens(tokens: readonly OwnToken[]): Promise<void> {
    return this.write('tokens.json', tokens);
  }

  private async read<T>(name: string): Promise<T | undefined> {
    try {
      return (await readJsonFile(join(this.folder, name))) as T | undefined;
    } catch (error) {
      throw new UsageError(`${join(this.folder, name)} cannot be read.`, { cause: error });
    }
  }

  private write(name: string, value: unknown): Promise<void> {
    return writeJsonFile(join(this.folder, name), value);
  }
}

import { Option, type Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { scrypt, sdk } from '../../index.js';
import { encryptExport, decryptExport } from '../../identity/export.js';
import { currentEncryptionKey, identityFromFile, identityToFile, type IdentityType } from '../../identity/identity.js';
import { type Memory } from '../../client/contacts.js';
import { UsageError } from '../../client/errors.js';
import { fingerprintOf } from '../../keys/fingerprint.js';
import { type Desk, readInput, readSecret } from '../desk.js';
import { type AccountFile, type OwnToken } from '../home.js';

/** What an export holds beside the keys. */
interface Luggage {
  readonly account?: AccountFile;
  readonly tokens?: readonly OwnToken[];
  readonly memory?: Memory;
}

/** keygen, rotate-key, export, import. */
export function addKeyCommands(program: Command, desk: () => Desk): void {
  program
    .command('keygen')
    .description('draw the keys of a new user')
    .addOption(new Option('--type <type>', 'kind of the identity key').choices(['ed25519', 'rsa-3072']).default('ed25519'))
    .option('--force', 'even if there are keys already; they are lost')
    .action(({ type, force }: { type: IdentityType; force?: boolean }) => keygen(desk(), type, force === true));
  program.command('rotate-key').description('make another encryption key the one that senders use').action(() => rotate(desk()));
  program
    .command('export [file]')
    .description('write keys, contacts and tokens to a file under a passphrase (ENVELOPE_PASSPHRASE)')
    .option('--passphrase-file <file>', 'where the passphrase stands; - for standard input')
    .action((file: string | undefined, { passphraseFile }: { passphraseFile?: string }) => exportAll(desk(), file, passphraseFile));
  program
    .command('import <file>')
    .description('read what export wrote; - for standard input')
    .option('--passphrase-file <file>', 'where the passphrase stands')
    .option('--force', 'even if there are keys already; they are lost')
    .action((file: string, { passphraseFile, force }: { passphraseFile?: string; force?: boolean }) => importAll(desk(), file, passphraseFile, force === true));
}

async function keygen(desk: Desk, type: IdentityType, force: boolean): Promise<void> {
  if (!force && (await desk.home.hasIdentity())) throw new UsageError('There are keys already. With --force they are replaced, and lost.');
  const identity = await sdk.generateIdentity(type);
  await desk.home.saveIdentity(identity);
  const shown = {
    identity_fp: await fingerprintOf(desk.backend, identity.identity.publicKey),
    encryption_fp: await fingerprintOf(desk.backend, currentEncryptionKey(identity).publicKey),
  };
  desk.print(shown, `identity key   ${shown.identity_fp}\nencryption key ${shown.encryption_fp}`);
}

async function rotate(desk: Desk): Promise<void> {
  const identity = await desk.identity();
  const account = await desk.account();
  const next = await sdk.generateEncryptionKey(identity.identity.type === 'rsa' ? 'rsa-3072' : 'ed25519');
  // kept before senders can use it, whatever becomes of the call
  await desk.home.saveIdentity({ ...identity, encryption: [next, ...identity.encryption] });
  await account.rotateKey(next);
  const kid = await fingerprintOf(desk.backend, next.publicKey);
  desk.print({ encryption_fp: kid }, `encryption key ${kid}`);
}

async function exportAll(desk: Desk, file: string | undefined, passphraseFile: string | undefined): Promise<void> {
  const passphrase = await readSecret(passphraseFile, 'ENVELOPE_PASSPHRASE', 'A passphrase');
  const account = await desk.home.findAccount();
  const luggage: Luggage = { tokens: await desk.home.tokens(), memory: await desk.home.store.load(), ...(account && { account }) };
  const sealed = await encryptExport(desk.backend, scrypt, { ...identityToFile(await desk.identity()), ...luggage }, passphrase);
  if (file === undefined || file === '-') return desk.print(sealed, JSON.stringify(sealed));
  await writeFile(file, `${JSON.stringify(sealed)}\n`, { mode: 0o600 });
  desk.print({ file }, `written to ${file}`);
}

async function importAll(desk: Desk, file: string, passphraseFile: string | undefined, force: boolean): Promise<void> {
  if (!force && (await desk.home.hasIdentity())) throw new UsageError('There are keys already. With --force they are replaced, and lost.');
  if (file === '-' && passphraseFile === '-') throw new UsageError('Standard input cannot give both the file and the passphrase.');
  const passphrase = await readSecret(passphraseFile, 'ENVELOPE_PASSPHRASE', 'A passphrase');
  const value = await decryptExport(desk.backend, scrypt, parse(await readInput(file)), passphrase);
  const identity = await identityFromFile(desk.backend, value);
  await desk.home.saveIdentity(identity);
  const { account, tokens, memory } = value as Luggage;
  if (account !== undefined) await desk.home.saveAccount(account);
  if (tokens !== undefined) await desk.home.saveTokens(tokens);
  if (memory !== undefined) await desk.home.store.save(memory);
  const identity_fp = await fingerprintOf(desk.backend, identity.identity.publicKey);
  desk.print({ identity_fp, ...(account && { address: account.address }) }, `identity key ${identity_fp}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError('The file is no export.', { cause: error });
  }
}

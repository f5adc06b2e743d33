import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, toHex } from '../base/bytes.js';
import { ForgeBackend } from '../backend/forge.js';
import { NodeBackend } from '../backend/node.js';
import { sha256 } from '../backend/node-primitives.js';
import { nodeX25519 } from '../backend/node-x25519.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { parsePrivateKey, type PrivateKey, privateKeyFromPkcs8, privateKeyFromRaw, privateKeyPem } from '../keys/private-key.js';
import { publicKeyPem } from '../keys/public-key.js';
import { type Vector, type VectorFile, type VectorKey, type VectorKeys, VectorFormatError, readJson } from './format.js';
import { innerFaults } from './make-inner-faults.js';
import { outerFaults } from './make-outer-faults.js';
import { soundOrders } from './make-sound.js';
import { Workshop } from './workshop.js';

const RSA_BITS = [2048, 3072, 4096] as const;
const backend = new NodeBackend();

/**
 * Makes the set of test vectors. The keys of an existing keys.json are used again, and then every
 * byte comes out as before; otherwise new ones are drawn.
 *
 * @returns how many vectors were written
 * @throws VectorFormatError when keys.json is there and is none
 */
export async function makeVectors(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const keys = await loadKeys(folder);
  const workshop = new Workshop(new ForgeBackend(nodeX25519), keys.own);
  const files: Record<string, Vector[]> = {};
  for (const [file, orders] of Object.entries(soundOrders())) {
    files[file] = [];
    for (const order of orders) files[file].push((await workshop.make(order)).vector);
  }
  files['invalid-outer'] = await outerFaults(workshop);
  files['invalid-inner'] = await innerFaults(workshop, keys.weak);
  for (const [name, vectors] of Object.entries(files)) {
    await write(folder, `${name}.json`, { format: 'polypost-envelope-vectors/1', keys: 'keys.json', vectors } satisfies VectorFile);
  }
  return Object.values(files).reduce((sum, vectors) => sum + vectors.length, 0);
}

interface KeySet {
  readonly own: Readonly<Record<string, PrivateKey>>;
  /** public keys that no sender may use, PEM */
  readonly weak: Readonly<Record<string, string>>;
}

async function loadKeys(folder: string): Promise<KeySet> {
  let file: VectorKeys | undefined;
  try {
    file = await readJson<VectorKeys>(folder, 'keys.json', 'polypost-envelope-keys/1');
    if (file === undefined) throw new VectorFormatError('keys.json is of another format');
  } catch (error) {
    if (!(error instanceof VectorFormatError) || !error.message.includes('ENOENT')) throw error;
    file = await drawKeys();
    await write(folder, 'keys.json', file);
  }
  const own: Record<string, PrivateKey> = {};
  const weak: Record<string, string> = {};
  for (const [name, key] of Object.entries(file.keys)) {
    if (key.private_pem === undefined) weak[name] = key.public_pem;
    else own[name] = await parsePrivateKey(backend, key.private_pem);
  }
  return { own, weak };
}

async function drawKeys(): Promise<VectorKeys> {
  const keys: Record<string, VectorKey> = {
    'annex-server': await describe(await privateKeyFromRaw(backend, 'x25519', sequence(0x01))),
    'annex-user': await describe(await privateKeyFromRaw(backend, 'x25519', sequence(0x21))),
    'annex-sender': await describe(await privateKeyFromRaw(backend, 'ed25519', sequence(0x41))),
  };
  for (const owner of ['server', 'user', 'stranger']) keys[`${owner}-x25519`] = await describe(await privateKeyFromRaw(backend, 'x25519', backend.random(32)));
  keys['sender-ed25519'] = await describe(await privateKeyFromRaw(backend, 'ed25519', backend.random(32)));
  for (const bits of RSA_BITS) {
    for (const owner of ['server', 'user', 'sender']) {
      keys[`${owner}-rsa-${bits}`] = await describe(await privateKeyFromPkcs8(backend, await backend.generateRsa(bits)));
    }
  }
  keys['weak-rsa-1024'] = weakRsa(1024, 65537);
  keys['weak-rsa-exponent-3'] = weakRsa(2048, 3);
  keys['weak-ed25519-identity'] = smallOrder();
  return { format: 'polypost-envelope-keys/1', keys };
}

async function describe(key: PrivateKey): Promise<VectorKey> {
  return { type: key.type, private_pem: privateKeyPem(key), public_pem: publicKeyPem(key.publicKey), fingerprint: await fingerprintOf(backend, key.publicKey) };
}

function weakRsa(bits: number, exponent: number): VectorKey {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { type: 'rsa', public_pem: publicKey.export({ format: 'pem', type: 'spki' }) as string, fingerprint: toHex(sha256(spki)) };
}

/** The neutral element: under this key one signature verifies for every text. */
function smallOrder(): VectorKey {
  const spki = Buffer.from(`302a300506032b65700321000100000000000000000000000000000000000000000000000000000000000000`, 'hex');
  const pem = `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  return { type: 'ed25519', public_pem: pem, fingerprint: toHex(sha256(spki)) };
}

function sequence(first: number): Bytes {
  return Uint8Array.from({ length: 32 }, (_, index) => first + index);
}

async function write(folder: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
}

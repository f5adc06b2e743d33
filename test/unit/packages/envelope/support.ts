import { type Backend, ForgeBackend, NodeBackend, nodeX25519, parsePrivateKey, privateKeyFromRaw, WebBackend } from '@polypost/envelope/testing';
import { type PrivateKey } from '@polypost/envelope/codec';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Ended, run, type RunOptions } from '../../../support/cli.js';

export const VECTORS = fileURLToPath(new URL('../../../vectors/envelope/', import.meta.url));

export const node = new NodeBackend();
export const web = new WebBackend();
export const forge = new ForgeBackend(nodeX25519);

/** All back ends, for describe.each. */
export const backends: readonly [string, Backend][] = [node, web, forge].map((backend) => [backend.name, backend]);

/** n bytes a, a+1, ... as the worked example has them. */
export function sequence(first: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => first + index);
}

const file = JSON.parse(readFileSync(`${VECTORS}keys.json`, 'utf8')) as { keys: Record<string, { private_pem?: string; public_pem: string }> };

/** A private key of the vectors' keys.json: RSA keys take long to make. */
export function vectorKey(name: string): Promise<PrivateKey> {
  return parsePrivateKey(node, file.keys[name]?.private_pem ?? '');
}

/** A public key of keys.json in text form. */
export function vectorPem(name: string): string {
  return file.keys[name]?.public_pem ?? '';
}

export function freshKey(type: 'x25519' | 'ed25519'): Promise<PrivateKey> {
  return privateKeyFromRaw(node, type, node.random(32));
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ENVELOPE = `${ROOT}packages/envelope/bin/envelope.js`;

/** Runs the built envelope command. Work with node-forge is some fifty times faster there than in Jest's sandbox. */
export function envelope(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return run(args, { file: ENVELOPE, cwd: ROOT, ...options });
}

/** Runs a module that finds the built testing entry as `testing`, and returns what it hands to `tell`, call by call. */
export async function outside<T>(code: string): Promise<T[]> {
  const text = `import * as testing from '@polypost/envelope/testing';\nconst tell = (value) => console.log(JSON.stringify(value));\n${code}`;
  const { out, err, code: exit } = await run([text], { nodeArgs: ['--input-type=module'], file: '--eval', cwd: ROOT });
  if (exit !== 0) throw new Error(err);
  return out.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

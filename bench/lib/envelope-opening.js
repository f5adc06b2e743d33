import { constants, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { openOuter, OuterKey, publicKeyFromSpki, suiteOf } from '@polypost/envelope/codec';
import { sdk } from '@polypost/envelope';

const SECONDS = 1.5;
const PARALLEL = 8;

/**
 * What opening an outer layer costs the processor, beside the private-key operation of Node alone that
 * is in it. Processor time, because the server works on several threads.
 */
export async function measureOpening(suites) {
  for (const id of suites) {
    const suite = suiteOf(id);
    const pair = suite.keyType === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 3072 }) : generateKeyPairSync('x25519');
    const outer = await OuterKey.import(pair.privateKey);
    const publicKey = publicKeyFromSpki(pair.publicKey.export({ format: 'der', type: 'spki' }));
    const packet = { id: 'x', user_id: 'x', token: 'x', data: Buffer.alloc(2048, 7).toString('base64'), algorithm: id, password: Buffer.alloc(80).toString('base64') };
    const body = await sdk.sealPacket(packet, publicKey, id);
    const [password, data] = [Buffer.from(body.password, 'base64'), Buffer.from(body.data, 'base64')];
    const raw = await cpuOf(rawOperation(suite, pair, password));
    const whole = await cpuOf(() => openOuter([outer], suite, password, data));
    console.log(`opening ${id}: ${Math.round(1e6 / whole)} per CPU second, the bare private-key operation ${Math.round(1e6 / raw)}: ${((raw / whole) * 100).toFixed(0)} % of it`);
  }
}

function rawOperation(suite, { privateKey }, password) {
  if (suite.keyType === 'rsa') {
    const options = { key: createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: suite.wrap.hash === 'SHA-1' ? 'sha1' : 'sha256' };
    return async () => privateDecrypt(options, password);
  }
  const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), password.subarray(0, 32)]);
  return async () => diffieHellman({ privateKey, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) });
}

/** @returns microseconds of CPU of one call */
async function cpuOf(work) {
  let count = 0;
  const run = async (end) => {
    while (performance.now() < end) {
      await work();
      count += 1;
    }
  };
  await run(performance.now() + 200);
  count = 0;
  const before = process.cpuUsage();
  const end = performance.now() + SECONDS * 1000;
  await Promise.all(Array.from({ length: PARALLEL }, () => run(end)));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

// Sends one message with Node's own crypto and nothing else: both layers HPKE-X25519+A256GCM.
// node send-node.mjs card.json < text        (the recipient has an X25519 key)
import { createCipheriv, createHash, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const SUITE = 'HPKE-X25519+A256GCM';
const [card, text] = [JSON.parse(readFileSync(process.argv[2], 'utf8')), readFileSync(0, 'utf8').trimEnd()];

const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const context = (...parts) => Buffer.from(['polypost-envelope/1', ...parts].join('\n'));
const spki = (key) => key.export({ format: 'der', type: 'spki' });
const fingerprint = (pem) => createHash('sha256').update(spki(createPublicKey(pem))).digest('hex');
const canonical = (message) => JSON.stringify(message, Object.keys(message).sort()); // RFC 8785 for flat objects like ours

async function ask(path, options) {
  const answer = await fetch(card.base_url + path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.error}`);
  return body;
}

function gcm(key, iv, aad, plaintext) {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
  return bytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

// HPKE, RFC 9180 base mode: KEM 0x0020, KDF 0x0001, AEAD 0x0002
const [KEM, HPKE] = [bytes('KEM', [0, 0x20]), bytes('HPKE', [0, 0x20, 0, 1, 0, 2])];
const hmac = (key, ...parts) => createHmac('sha256', key).update(bytes(...parts)).digest();
const extract = (salt, suite, label, material) => hmac(salt, 'HPKE-v1', suite, label, material);
const expand = (key, suite, label, info, length) => hmac(key, [0, length], 'HPKE-v1', suite, label, info, [1]).subarray(0, length);

function wrap(recipient, info, contentKey) {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const [encapsulated, own] = [publicKey, recipient].map((key) => spki(key).subarray(-32));
  const eae = extract('', KEM, 'eae_prk', diffieHellman({ privateKey, publicKey: recipient }));
  const shared = expand(eae, KEM, 'shared_secret', bytes(encapsulated, own), 32);
  const schedule = bytes([0], extract('', HPKE, 'psk_id_hash', ''), extract('', HPKE, 'info_hash', info));
  const secret = extract(shared, HPKE, 'secret', '');
  return bytes(encapsulated, gcm(expand(secret, HPKE, 'key', schedule, 32), expand(secret, HPKE, 'base_nonce', schedule, 12), Buffer.alloc(0), contentKey));
}

function seal(pem, aad, plaintext) {
  const [key, iv] = [randomBytes(32), randomBytes(12)];
  return { data: bytes(iv, gcm(key, iv, aad, plaintext)).toString('base64'), algorithm: SUITE, password: wrap(createPublicKey(pem), aad, key).toString('base64') };
}

const to = await ask(`/api/v1/user/${card.user_id}/key`, { headers: { Authorization: `Token ${card.token}` } });
const statement = context('key', fingerprint(to.identity_key), fingerprint(to.encryption_key), to.key_created);
const isVouched = verify(null, statement, to.identity_key, Buffer.from(to.key_signature, 'base64'));
if (fingerprint(to.identity_key) !== card.identity_fp || !isVouched) throw new Error('these are not the keys of the card');

const me = generateKeyPairSync('ed25519');
const message = { data: text, data_type: 1, date: new Date().toISOString(), key: me.publicKey.export({ format: 'pem', type: 'spki' }) };
const id = randomUUID();
message.signature = sign(null, context('signature', id, card.user_id, fingerprint(to.encryption_key), canonical(message)), me.privateKey).toString('base64');
const packet = { id, user_id: card.user_id, token: card.token, ...seal(to.encryption_key, context('message', SUITE, id, card.user_id), canonical(message)) };
const server = await ask('/api/v1/server/key?type=x25519');
const body = seal(server.public_key, context('packet', SUITE), JSON.stringify(packet));
console.log(await ask('/api/v1/message', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }));

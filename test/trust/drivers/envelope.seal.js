import { createCipheriv, createHash, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What the server publishes as HPKE-X25519+A256GCM, written once more with plain node:crypto: nothing of the server's own code seals here. */
export const SUITE = 'HPKE-X25519+A256GCM';
const PROTOCOL = 'polypost-envelope/1';
const contextOf = (...parts) => Buffer.from([PROTOCOL, ...parts].join('\n'));
const rawOf = (key) => key.export({ format: 'der', type: 'spki' }).subarray(-32);
const fingerprintOf = (key) => createHash('sha256').update(key.export({ format: 'der', type: 'spki' })).digest('hex');
const pemOf = (key) => key.export({ format: 'pem', type: 'spki' });

/** @returns keys of a new person: one that signs, one that is sealed to */
export function newKeys() {
  return { identity: generateKeyPairSync('ed25519'), encryption: generateKeyPairSync('x25519') };
}

/** Members of a registration that prove the keys. */
export function registrationOf({ identity, encryption }, challenge) {
  const created = new Date().toISOString();
  const statement = sign(null, contextOf('key', fingerprintOf(identity.publicKey), fingerprintOf(encryption.publicKey), created), identity.privateKey);
  return {
    ...proofOf({ identity }, 'register', challenge), identity_key: pemOf(identity.publicKey), encryption_key: pemOf(encryption.publicKey), key_created: created, key_signature: statement.toString('base64'),
  };
}

export function proofOf({ identity }, purpose, { challenge_id: id, nonce, host }) {
  const signature = sign(null, contextOf('auth', purpose, host, id, nonce, fingerprintOf(identity.publicKey)), identity.privateKey);
  return { challenge_id: id, signature: signature.toString('base64') };
}

export const identityPem = ({ identity }) => pemOf(identity.publicKey);

/** The outer layer around a packet. */
export function sealed(packet, serverPem) {
  const recipient = serverKeys.get(serverPem) ?? createPublicKey(serverPem);
  serverKeys.set(serverPem, recipient);
  const aad = contextOf('packet', SUITE);
  const [contentKey, iv] = [randomBytes(32), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(aad);
  const data = Buffer.concat([iv, cipher.update(JSON.stringify(packet)), cipher.final(), cipher.getAuthTag()]);
  return { data: data.toString('base64'), algorithm: SUITE, password: wrapped(recipient, contentKey, aad).toString('base64') };
}

const serverKeys = new Map();

/** HPKE of RFC 9180, base mode, one message. */
function wrapped(recipient, plaintext, info) {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const encapsulated = rawOf(publicKey);
  const mac = (secret, ...parts) => parts.reduce((hash, part) => hash.update(part), createHmac('sha256', secret)).digest();
  const kem = Buffer.concat([Buffer.from('KEM'), Buffer.from([0, 0x20])]);
  const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 0x20, 0, 1, 0, 2])]);
  const none = Buffer.alloc(0);
  const extract = (id, salt, label, ikm) => mac(salt, 'HPKE-v1', id, label, ikm);
  const expand = (id, secret, label, about, length) => mac(secret, Buffer.from([length >> 8, length & 255]), 'HPKE-v1', id, label, about, Buffer.from([1])).subarray(0, length);
  const agreed = extract(kem, none, 'eae_prk', diffieHellman({ privateKey, publicKey: recipient }));
  const shared = expand(kem, agreed, 'shared_secret', Buffer.concat([encapsulated, rawOf(recipient)]), 32);
  const context = Buffer.concat([Buffer.from([0]), extract(suite, none, 'psk_id_hash', none), extract(suite, none, 'info_hash', info)]);
  const secret = extract(suite, shared, 'secret', none);
  const cipher = createCipheriv('aes-256-gcm', expand(suite, secret, 'key', context, 32), expand(suite, secret, 'base_nonce', context, 12));
  return Buffer.concat([encapsulated, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

// Sends one message with node-forge and nothing else: both layers RSA-OAEP-256+A256GCM.
// node send-forge.mjs card.json < text        (the recipient has RSA keys: envelope keygen --type rsa-3072)
import forge from 'node-forge';
import { readFileSync } from 'node:fs';

const SUITE = 'RSA-OAEP-256+A256GCM';
const card = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const text = forge.util.encodeUtf8(readFileSync(0, 'utf8').trimEnd());

const context = (...parts) => ['polypost-envelope/1', ...parts].join('\n');
const sha256 = (data) => forge.md.sha256.create().update(data);
const fingerprint = (pem) => sha256(forge.asn1.toDer(forge.pki.publicKeyToAsn1(forge.pki.publicKeyFromPem(pem))).getBytes()).digest().toHex();
const canonical = (message) => JSON.stringify(message, Object.keys(message).sort()); // RFC 8785 for flat objects like ours

async function ask(path, options) {
  const answer = await fetch(card.base_url + path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body.error}`);
  return body;
}

function seal(pem, additionalData, plaintext) {
  const [key, iv] = [forge.random.getBytesSync(32), forge.random.getBytesSync(12)];
  const cipher = forge.cipher.createCipher('AES-GCM', key);
  cipher.start({ iv, additionalData, tagLength: 128 });
  cipher.update(forge.util.createBuffer(plaintext));
  cipher.finish();
  // the defaults of forge are others: PKCS#1 v1.5, and SHA-1 with OAEP
  const password = forge.pki.publicKeyFromPem(pem).encrypt(key, 'RSA-OAEP', { md: forge.md.sha256.create(), mgf1: { md: forge.md.sha256.create() } });
  return { data: forge.util.encode64(iv + cipher.output.getBytes() + cipher.mode.tag.getBytes()), algorithm: SUITE, password: forge.util.encode64(password) };
}

const to = await ask(`/api/v1/user/${card.user_id}/key`, { headers: { Authorization: `Token ${card.token}` } });
const statement = sha256(context('key', fingerprint(to.identity_key), fingerprint(to.encryption_key), to.key_created)).digest().getBytes();
const pss = forge.pss.create({ md: forge.md.sha256.create(), mgf: forge.mgf.mgf1.create(forge.md.sha256.create()), saltLength: 32 });
const isVouched = forge.pki.publicKeyFromPem(to.identity_key).verify(statement, forge.util.decode64(to.key_signature), pss);
if (fingerprint(to.identity_key) !== card.identity_fp || !isVouched) throw new Error('these are not the keys of the card');

const me = forge.pki.ed25519.generateKeyPair();
const spki = forge.util.hexToBytes('302a300506032b6570032100') + forge.util.binary.raw.encode(me.publicKey);
// data is text of one byte for each character here: forge works on such strings
const message = { data: text, data_type: 1, date: new Date().toISOString(), key: forge.util.encode64(spki) };
const id = forge.util.bytesToHex(forge.random.getBytesSync(16));
const input = context('signature', id, card.user_id, fingerprint(to.encryption_key), canonical(message));
message.signature = forge.util.encode64(forge.util.binary.raw.encode(forge.pki.ed25519.sign({ message: input, encoding: 'binary', privateKey: me.privateKey })));
const packet = { id, user_id: card.user_id, token: card.token, ...seal(to.encryption_key, context('message', SUITE, id, card.user_id), canonical(message)) };
const server = await ask('/api/v1/server/key?type=rsa');
const body = seal(server.public_key, context('packet', SUITE), JSON.stringify(packet));
console.log(await ask('/api/v1/message', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }));

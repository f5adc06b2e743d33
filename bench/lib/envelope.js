import { Agent, request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { generateIdentity, sdk } from '@polypost/envelope';
import { authInput, encodeBase64, keyStatementInput, publicKeyPem, parsePublicKey, sign, writeDate } from '@polypost/envelope/codec';
import { cpuMicros } from './processes.js';
import { startServer } from './server.js';
import { quantile } from './stats.js';

/** Bodies made ahead, so that sealing takes nothing from the server while it is measured. */
const AHEAD_PER_SECOND = 2500;

/** Starts a server on which nothing but the measured limits nobody. */
export async function startEnvelope() {
  const secret = () => randomBytes(32).toString('base64url');
  const names = ['POLYPOST_ADMIN_TOKEN', 'FILE_URL_SECRET', 'OSSN_SITE_KEY', 'KEYINBOX_NETWORK_SECRET', 'KEYINBOX_LOOKUP_PEPPER', 'ENVELOPE_KEY_ENCRYPTION_KEY', 'ENVELOPE_TOKEN_PEPPER'];
  const server = await startServer({ ...Object.fromEntries(names.map((name) => [name, secret()])), ENVELOPE_MAILBOX_MESSAGES: '10000000', ENVELOPE_MAILBOX_BYTES: '512G', ENVELOPE_REGISTRATION: 'open' });
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const call = (method, path, body, headers = {}) => send(agent, server.url, method, path, body, headers);
  const keyOf = new Map();
  const serverKey = async (suite) => {
    const type = suite.startsWith('HPKE') ? 'x25519' : 'rsa';
    if (!keyOf.has(type)) keyOf.set(type, (await call('GET', `/api/v1/server/key?type=${type}`)).body);
    return keyOf.get(type);
  };
  const packetFor = async (person, token, bytes) => {
    const address = { id: randomBytes(12).toString('hex'), user_id: person.userId };
    // the inner part is opaque to the server: random bytes of that length do
    return { ...address, token, data: randomBytes(bytes).toString('base64'), algorithm: 'HPKE-X25519+A256GCM', password: randomBytes(80).toString('base64') };
  };
  const sealed = async (packet, suite) => sdk.sealPacket(packet, parsePublicKey((await serverKey(suite)).public_key), suite);
  return {
    ...server,
    agent,
    post: (body) => call('POST', '/api/v1/message', body),
    seal: async (person, suite, bytes) => sealed(await packetFor(person, person.token, bytes), suite),
    newPerson: async () => newPerson(call),
    garbage: (suite, bytes) => ({ data: randomBytes(bytes).toString('base64'), algorithm: suite, password: randomBytes(suite.startsWith('HPKE') ? 80 : 384).toString('base64') }),
    wrongTokens: async (bob, carol) => ({
      unknown: await sealed(await packetFor(bob, `ppt1_${randomBytes(32).toString('base64url')}`, 200), 'HPKE-X25519+A256GCM'),
      foreign: await sealed(await packetFor(bob, carol.token, 200), 'HPKE-X25519+A256GCM'),
    }),
    fill: async (person, count, bytes) => {
      for (let i = 0; i < count; i += 1) {
        const { status } = await call('POST', '/api/v1/message', await sealed(await packetFor(person, person.token, bytes), 'HPKE-X25519+A256GCM'));
        if (status !== 201) throw new Error(`a packet got ${status}`);
      }
    },
    lastCursor: async (person) => {
      for (let after = ''; ; ) {
        const { body } = await call('GET', `/api/v1/message?limit=200&fields=meta${after && `&after=${after}`}`, undefined, { authorization: `Bearer ${person.session}` });
        if (body.next === null) return after === '' ? 'c0' : after;
        after = body.next;
      }
    },
    stop: async () => {
      agent.destroy();
      await server.stop();
    },
  };
}

/** Sends packets that were sealed beforehand, each once. */
export class Sender {
  constructor(server, people, suite, bytes) {
    Object.assign(this, { server, people, suite, bytes });
  }

  /** @param rate packets per second; as many as go where it is not given */
  async run(connections, seconds, rate = Infinity) {
    const count = Math.ceil(seconds * Math.min(rate * 1.1, AHEAD_PER_SECOND));
    const bodies = [];
    for (let i = 0; i < count; i += 1) bodies.push(JSON.stringify(await this.server.seal(this.people[i % this.people.length], this.suite, this.bytes)));
    const before = cpuMicros(this.server.pid);
    const times = [];
    let wrong = 0;
    let next = 0;
    const began = performance.now();
    const end = began + seconds * 1000;
    const work = async () => {
      while (performance.now() < end && next < bodies.length) {
        const index = next;
        next += 1;
        const due = began + (index / rate) * 1000;
        if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        const sent = performance.now();
        const { status } = await this.server.post(bodies[index]);
        if (status === 201) times.push(performance.now() - sent);
        else wrong += 1;
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    const elapsed = (performance.now() - began) / 1000;
    return { perSecond: times.length / elapsed, p50: quantile(times, 0.5), p99: quantile(times, 0.99), cpuMicros: (cpuMicros(this.server.pid) - before) / Math.max(1, times.length), wrong };
  }
}

async function newPerson(call) {
  const { identity, encryption: [encryption] } = await generateIdentity();
  const [identityPrint, encryptionPrint] = [await sdk.fingerprint(identity.publicKey), await sdk.fingerprint(encryption.publicKey)];
  const prove = async (purpose, asked) => {
    const { body } = await call('POST', '/api/v1/auth/challenge', { purpose, ...asked });
    const input = authInput({ purpose, host: body.host, challengeId: body.challenge_id, nonce: body.nonce, fingerprint: identityPrint });
    return { challenge_id: body.challenge_id, signature: encodeBase64(sign(identity, 'EdDSA', input)) };
  };
  const name = `bench-${randomBytes(5).toString('hex')}`;
  const created = writeDate(Date.now());
  const made = await call('POST', '/api/v1/user', {
    ...(await prove('register', { identity_key: publicKeyPem(identity.publicKey) })), name, identity_key: publicKeyPem(identity.publicKey), encryption_key: publicKeyPem(encryption.publicKey),
    key_created: created, key_signature: encodeBase64(sign(identity, 'EdDSA', keyStatementInput(identityPrint, encryptionPrint, created))),
  });
  const { body: opened } = await call('POST', '/api/v1/auth/session', await prove('login', { name }));
  const limits = { per_minute: 1_000_000_000, per_day: 1_000_000_000, bytes_per_day: 2 ** 50 };
  const { body: issued } = await call('POST', '/api/v1/token', limits, { authorization: `Bearer ${opened.session_token}` });
  return { userId: made.body.user_id, session: opened.session_token, token: issued.token };
}

function send(agent, url, method, path, body, headers) {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { agent, method, headers: { ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, body: answer === '' ? null : JSON.parse(answer) });
      });
    });
    sent.on('error', reject).end(text);
  });
}

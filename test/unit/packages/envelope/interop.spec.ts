import { outside } from './support.js';

interface Check {
  what: string;
  ok: boolean;
}

/** Each back end with each other one, each suite, each size of key: seals, signs, opens, verifies. */
const SCRIPT = `
import { readFileSync } from 'node:fs';
const { NodeBackend, WebBackend, ForgeBackend, nodeX25519, parsePrivateKey, privateKeyFromRaw, signMessage, sealMessage, sealPacket, openPacket, openMessage } = testing;
const backends = [new NodeBackend(), new WebBackend(), new ForgeBackend(nodeX25519)];
const pems = JSON.parse(readFileSync('test/vectors/envelope/keys.json', 'utf8')).keys;
const key = (name) => parsePrivateKey(backends[0], pems[name].private_pem);
const ed25519 = await key('sender-ed25519');
const rounds = [['HPKE-X25519+A256GCM', 'x25519', ed25519]];
for (const suite of ['RSA-OAEP-256+A256GCM', 'RSA-OAEP+A256CBC-HS512']) for (const bits of [2048, 3072, 4096]) rounds.push([suite, 'rsa-' + bits, await key('sender-rsa-' + bits)]);
const sizes = [0, 1, 15, 1024, 20000];
for (const [suite, kind, sender] of rounds) {
  const [server, user] = [await key('server-' + kind), await key('user-' + kind)];
  for (const from of backends) for (const to of backends) {
    if (from === to) continue;
    const size = sizes[(rounds.length + backends.indexOf(from) * 2 + backends.indexOf(to)) % sizes.length];
    const address = { id: 'interop', user_id: 'b0b' };
    const draft = { data_type: 1, data: 'x'.repeat(size), date: '2026-11-20T10:00:00.000Z' };
    const message = await signMessage(from, draft, sender, { address, recipient: user.publicKey, algorithm: suite });
    const inner = await sealMessage(from, message, address, user.publicKey, suite);
    const body = await sealPacket(from, { ...address, token: 'ppt1_x', ...inner }, server.publicKey, suite);
    const { packet } = await openPacket(to, body, server);
    const opened = await openMessage(to, packet, user);
    tell({ what: [suite, kind, from.name, 'to', to.name].join(' '), ok: opened.message.data === draft.data && opened.message.signature === message.signature && opened.message.key === message.key });
  }
}
`;

describe('ENV-94 ENV-97 what one back end seals and signs, every other opens and verifies', () => {
  let checks: Check[];
  beforeAll(async () => {
    checks = await outside<Check>(SCRIPT);
  }, 120_000);

  it('ENV-18 for every suite, with RSA keys of 2048, 3072 and 4096 bits, in both directions', () => {
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks).toHaveLength(7 * 6);
    for (const suite of ['HPKE-X25519+A256GCM x25519', ...[2048, 3072, 4096].flatMap((bits) => [`RSA-OAEP-256+A256GCM rsa-${bits}`, `RSA-OAEP+A256CBC-HS512 rsa-${bits}`])]) {
      for (const way of ['node to forge', 'forge to node', 'web to forge', 'forge to web', 'web to node', 'node to web']) expect(checks.map(({ what }) => what)).toContain(`${suite} ${way}`);
    }
  });
});

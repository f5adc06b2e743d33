import { encodeBase64, openOuter, OuterKey, outerContext, parseOuterBody, parsePacket, SUITE_IDS, suiteOf, type SuiteId } from '@polypost/envelope/codec';
import { drawInputs, innerContext, type LayerInputs, openLayer, openPacket, paddedLength, sealContent, sealLayer, sealPacket, sealPlaintext, wrapKey } from '@polypost/envelope/testing';
import { type PrivateKey } from '@polypost/envelope/codec';
import { createPrivateKey, publicEncrypt, constants } from 'node:crypto';
import { freshKey, node, vectorKey, web } from './support.js';

const HPKE = 'HPKE-X25519+A256GCM';
const RSA = 'RSA-OAEP-256+A256GCM';
const LEGACY = 'RSA-OAEP+A256CBC-HS512';
const text = new TextEncoder().encode('a plaintext');
const PACKET = { id: 'one', user_id: 'b0b', token: 'ppt1_x', data: 'QUJD', algorithm: HPKE, password: 'QUJD' } as const;

const keys: Record<string, PrivateKey> = {};
const keyOf = (id: SuiteId): PrivateKey => keys[suiteOf(id).keyType] as PrivateKey;
beforeAll(async () => {
  keys.x25519 = await freshKey('x25519');
  keys.rsa = await vectorKey('server-rsa-2048');
});

const seal = (id: SuiteId, plaintext = text, inputs?: LayerInputs) => sealPlaintext(node, plaintext, keyOf(id).publicKey, id, inputs);
async function open(id: SuiteId, layer: { password: string; data: string; algorithm: string }, key = keyOf(id)): Promise<Uint8Array | undefined> {
  const { suite, password, data } = parseOuterBody({ ...layer });
  const fast = await openOuter([await OuterKey.import(key.pkcs8)], suite, password, data);
  const plain = await openLayer(node, suite, key, outerContext(suite.id), password, data);
  // the server's way and the client's way are one
  expect(fast && new Uint8Array(fast)).toEqual(plain && new Uint8Array(plain));
  return plain;
}
function flip(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at < 0 ? bytes.length + at : at] = (bytes.at(at) ?? 0) ^ 1;
  return encodeBase64(bytes);
}

describe.each(SUITE_IDS)('ENV-27 a layer sealed with %s', (id) => {
  it('ENV-02 ENV-106 opens with the key it is sealed to, whichever code opens it', async () => {
    expect(await open(id, await seal(id))).toEqual(new Uint8Array(text));
    const native = createPrivateKey({ key: Buffer.from(keyOf(id).pkcs8), format: 'der', type: 'pkcs8' });
    expect((await OuterKey.import(native)).kid).toBe((await OuterKey.import(keyOf(id).pkcs8)).kid);
  });

  it('ENV-18 has the lengths of the registry', async () => {
    const suite = suiteOf(id);
    const { password, data } = parseOuterBody(await seal(id));
    expect(password).toHaveLength(id === HPKE ? 80 : 256);
    expect(data.length).toBe(suite.ivBytes + suite.tagBytes + (id === LEGACY ? 16 : text.length));
  });

  it('ENV-27 never uses a content key, an IV or an ephemeral key twice', async () => {
    const layers = await Promise.all(Array.from({ length: 20 }, () => seal(id)));
    expect(new Set(layers.map(({ password }) => password.slice(0, 40))).size).toBe(20);
    expect(new Set(layers.map(({ data }) => data.slice(0, 16))).size).toBe(20);
    const inputs = drawInputs(node, suiteOf(id));
    expect(inputs.contentKey).toHaveLength(suiteOf(id).contentKeyBytes);
    await seal(id, text, inputs);
    // ENV-108: what was secret is overwritten
    expect(inputs.contentKey.every((byte) => byte === 0)).toBe(true);
  });

  it('ENV-43 T5 T6 does not open when anything is changed, and nobody is told what', async () => {
    const layer = await seal(id);
    const length = Buffer.from(layer.data, 'base64').length;
    for (const at of [0, 5, 20, -1, -16, Math.floor(length / 2)]) expect(await open(id, { ...layer, data: flip(layer.data, at) })).toBeUndefined();
    for (const at of [0, 31, 33, 79, -1]) expect(await open(id, { ...layer, password: flip(layer.password, at) })).toBeUndefined();
    for (const cut of [1, 11, 12, 27, 38]) expect(await open(id, { ...layer, data: encodeBase64(Buffer.from(layer.data, 'base64').subarray(0, cut)) })).toBeUndefined();
    for (const cut of [1, 31, 32, 79]) expect(await open(id, { ...layer, password: encodeBase64(Buffer.from(layer.password, 'base64').subarray(0, cut)) })).toBeUndefined();
  });

  it('ENV-19 takes no shortened tag', async () => {
    const layer = await seal(id);
    for (const less of [1, 4, 12]) {
      const data = encodeBase64(Buffer.from(layer.data, 'base64').subarray(0, -less));
      expect(await open(id, { ...layer, data })).toBeUndefined();
    }
  });

  it('ENV-22 does not open with a content key of another length', async () => {
    const suite = suiteOf(id);
    for (const length of [16, 31, 32, 33, 63, 64].filter((wrong) => wrong !== suite.contentKeyBytes)) {
      const inputs = drawInputs(node, suite);
      const contentKey = node.random(length);
      const password = encodeBase64(await wrapKey(node, suite, keyOf(id).publicKey, outerContext(id), { ...inputs, contentKey: contentKey.slice() }));
      const padded = Uint8Array.from({ length: suite.contentKeyBytes }, (_, index) => contentKey[index] ?? 0);
      const data = encodeBase64(await sealContent(node, suite, padded, inputs.iv, outerContext(id), text));
      expect(await open(id, { password, data, algorithm: id })).toBeUndefined();
    }
  });

  it('ENV-43 T5 does not open with a key that anybody can guess, when none comes out of the password', async () => {
    const suite = suiteOf(id);
    const data = encodeBase64(await sealContent(node, suite, new Uint8Array(suite.contentKeyBytes), new Uint8Array(suite.ivBytes), outerContext(id), text));
    for (const length of [1, 80, 256]) expect(await open(id, { password: encodeBase64(node.random(length)), data, algorithm: id })).toBeUndefined();
  });

  it('ENV-28 T4 does not open under another name', async () => {
    const layer = await seal(id);
    for (const other of SUITE_IDS.filter((name) => name !== id)) expect(await open(id, { ...layer, algorithm: other })).toBeUndefined();
  });

  it('ENV-26 ENV-28 does not open as the other layer', async () => {
    const suite = suiteOf(id);
    const inner = await sealLayer(node, suite, keyOf(id).publicKey, innerContext(id, PACKET), text);
    expect(await open(id, inner)).toBeUndefined();
    const outer = parseOuterBody(await seal(id));
    expect(await openLayer(node, suite, keyOf(id), innerContext(id, PACKET), outer.password, outer.data)).toBeUndefined();
  });

  it('ENV-72 opens with the second of two keys', async () => {
    const { suite, password, data } = parseOuterBody(await seal(id));
    const stranger = await OuterKey.import(suite.keyType === 'rsa' ? (await vectorKey('user-rsa-2048')).pkcs8 : (await freshKey('x25519')).pkcs8);
    const own = await OuterKey.import(keyOf(id).pkcs8);
    expect(await openOuter([stranger, own], suite, password, data)).toBeDefined();
    expect(await openOuter([stranger], suite, password, data)).toBeUndefined();
    expect(await openOuter([], suite, password, data)).toBeUndefined();
  });

  it('ENV-30 is padded by the SDK so that lengths say little', async () => {
    const lengths = new Set<number>();
    for (const size of [0, 1, 50, 100]) {
      const body = await sealPacket(node, { ...PACKET, token: 'x'.repeat(1 + size) }, keyOf(id).publicKey, id);
      lengths.add(body.data.length);
      expect((await openPacket(node, body, keyOf(id))).plaintext).toHaveLength(512);
    }
    expect(lengths.size).toBe(1);
  });
});

describe('ENV-23 T5 what is not implemented anywhere', () => {
  it('is key transport with PKCS#1 v1.5', async () => {
    const layer = await seal(RSA);
    for (const length of [32, 64]) {
      const password = publicEncrypt({ key: createPrivateKey({ key: Buffer.from(keyOf(RSA).pkcs8), format: 'der', type: 'pkcs8' }), padding: constants.RSA_PKCS1_PADDING }, Buffer.alloc(length, 7));
      for (const id of [RSA, LEGACY] as const) expect(await open(id, { ...layer, algorithm: id, password: encodeBase64(password) })).toBeUndefined();
    }
  });

  it('is OAEP with a label, or with the hash of the other suite', async () => {
    const pkcs8 = createPrivateKey({ key: Buffer.from(keyOf(RSA).pkcs8), format: 'der', type: 'pkcs8' });
    const suite = suiteOf(RSA);
    const contentKey = Buffer.alloc(32, 7);
    const data = encodeBase64(await sealContent(node, suite, Uint8Array.from(contentKey), new Uint8Array(12), outerContext(RSA), text));
    const wrap = (options: object): string => encodeBase64(publicEncrypt({ key: pkcs8, padding: constants.RSA_PKCS1_OAEP_PADDING, ...options }, contentKey));
    expect(await open(RSA, { algorithm: RSA, data, password: wrap({ oaepHash: 'sha256' }) })).toEqual(new Uint8Array(text));
    for (const options of [{ oaepHash: 'sha1' }, { oaepHash: 'sha512' }, { oaepHash: 'sha256', oaepLabel: Buffer.from('x') }]) {
      expect(await open(RSA, { algorithm: RSA, data, password: wrap(options) })).toBeUndefined();
    }
  });
});

describe('ENV-117 the limits of a Packet', () => {
  const packetOf = (bytes: number): Uint8Array => new TextEncoder().encode(JSON.stringify({ ...PACKET, more: 'x'.repeat(bytes - JSON.stringify({ ...PACKET, more: '' }).length) }));

  it('is 768 KiB of text, padding not counted', () => {
    expect(parsePacket(Buffer.concat([packetOf(768 * 1024), Buffer.alloc(1000, ' ')]))).toMatchObject({ id: 'one' });
    expect(() => parsePacket(packetOf(768 * 1024 + 1))).toThrow(expect.objectContaining({ code: 'malformed_packet' }));
    expect(parsePacket(packetOf(1000), { packetBytes: 1000 })).toMatchObject({ id: 'one' });
    expect(() => parsePacket(packetOf(1001), { packetBytes: 1000 })).toThrow(expect.objectContaining({ code: 'malformed_packet' }));
    expect(paddedLength(768 * 1024)).toBe(768 * 1024);
  });

  it('ENV-06 leaves members out that are not known', () => {
    expect(parsePacket(new TextEncoder().encode(JSON.stringify({ ...PACKET, more: 1, kid: 'ab'.repeat(32) })))).toEqual({ ...PACKET, kid: 'ab'.repeat(32) });
    expect(() => parsePacket(new TextEncoder().encode(JSON.stringify({ ...PACKET, kid: 'x' })))).toThrow(expect.objectContaining({ code: 'malformed_packet' }));
  });
});

it('ENV-104 a private RSA key works on a thread of the pool: the event loop goes on meanwhile', async () => {
  const key = await OuterKey.import((await vectorKey('server-rsa-4096')).pkcs8);
  const layer = parseOuterBody(await sealPlaintext(node, text, (await vectorKey('server-rsa-4096')).publicKey, RSA));
  await openOuter([key], layer.suite, layer.password, layer.data);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await Promise.all(Array.from({ length: 60 }, () => openOuter([key], layer.suite, layer.password, layer.data)));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

it('ENV-97 WebCrypto alone seals and opens every suite', async () => {
  for (const id of SUITE_IDS) {
    const layer = await sealPlaintext(web, text, keyOf(id).publicKey, id);
    const { suite, password, data } = parseOuterBody(layer);
    expect(await openLayer(web, suite, keyOf(id), outerContext(id), password, data)).toEqual(new Uint8Array(text));
  }
});

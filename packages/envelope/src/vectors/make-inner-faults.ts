import { encodeBase64 } from '../base/base64.js';
import { type Bytes, concat, encodeUtf8 } from '../base/bytes.js';
import { canonicalize } from '../base/jcs.js';
import { without } from '../base/json.js';
import { publicKeyPem } from '../keys/public-key.js';
import { innerContext, signatureInput } from '../inner/message.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type Vector } from './format.js';
import { sound } from './make-sound.js';
import { type Order, type Piece, type Workshop } from './workshop.js';

const HPKE = 'HPKE-X25519+A256GCM';
const OAEP_256 = 'RSA-OAEP-256+A256GCM';
const OAEP = 'RSA-OAEP+A256CBC-HS512';

type Code = 'undecryptable' | 'malformed_message' | 'unsupported_key' | 'bad_signature';

/** Bodies whose outer layer opens and whose inner part a client refuses, for every reason it has. */
export async function innerFaults(shop: Workshop, weak: Readonly<Record<string, string>>): Promise<Vector[]> {
  const piece = await shop.make(sound('inner fault', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'text'));
  return [
    ...(await sealFaults(shop, piece)),
    ...(await textFaults(shop, piece)),
    ...(await keyFaults(shop, piece, weak)),
    ...(await signatureFaults(shop, piece)),
  ];
}

async function sealFaults(shop: Workshop, piece: Piece): Promise<Vector[]> {
  const { order, packet, messagePlaintext, body } = piece;
  const inner = { data: packet.data, algorithm: packet.algorithm, password: packet.password };
  const moved = async (name: string, address: Partial<Order['address']>, why: string): Promise<Vector> =>
    describe(order, name, 'undecryptable', await shop.wrapInner({ ...order, address: { ...order.address, ...address } }, inner), why);
  const rsa = await shop.make(sound('inner fault rsa', HPKE, 'x25519', OAEP_256, 'rsa-2048', 'ed25519', 'text'));
  const relabelled = { data: rsa.packet.data, password: rsa.packet.password, algorithm: OAEP } as const;
  const foreign = await shop.sealInner({ ...order, user: 'stranger-x25519' }, messagePlaintext);
  const outerContextUsed = await shop.sealInner(order, messagePlaintext, encodeUtf8(`polypost-envelope/1\npacket\n${HPKE}`));
  return [
    await moved('inner part under another id', { id: 'another-id' }, 'the id is authenticated'),
    await moved('inner part for another user', { user_id: 'ma11ory' }, 'the user is authenticated'),
    describe(order, 'sealed to another user key', 'undecryptable', await shop.wrapInner(order, foreign), 'wrong key'),
    describe(rsa.order, 'inner algorithm relabelled', 'undecryptable', await shop.wrapInner(rsa.order, relabelled), 'the name is authenticated'),
    describe(order, 'outer layer used as inner', 'undecryptable', await shop.wrapInner(order, body), 'contexts differ'),
    describe(order, 'inner layer under the outer context', 'undecryptable', await shop.wrapInner(order, outerContextUsed), 'contexts differ'),
  ];
}

async function textFaults(shop: Workshop, { order, message, messagePlaintext }: Piece): Promise<Vector[]> {
  const text = canonicalize(message);
  const fault = async (name: string, plaintext: Bytes | string, why: string): Promise<Vector> => {
    const sealed = await shop.sealInner(order, typeof plaintext === 'string' ? encodeUtf8(plaintext) : plaintext);
    return describe(order, name, 'malformed_message', await shop.wrapInner(order, sealed), why);
  };
  const signed = async (name: string, members: Record<string, unknown>, why: string): Promise<Vector> => {
    const changed = Object.fromEntries(Object.entries({ ...without(message, 'signature'), ...members }).filter(([, value]) => value !== undefined));
    return fault(name, canonicalize((await shop.sign(order, changed)).message), why);
  };
  return [
    await fault('message with a member twice', text.replace('"data_type":1', '"data_type":1,"data_type":1'), 'not canonical'),
    await fault('message with members in another order', JSON.stringify({ signature: message.signature, ...message }), 'not canonical'),
    await fault('message with a number spelled 1.0', text.replace('"data_type":1', '"data_type":1.0'), 'not canonical'),
    await fault('message with a needless escape', text.replace('Hi Bob', 'Hi \\u0042ob'), 'not canonical'),
    await fault('message with an unpaired surrogate', text.replace('Hi Bob', 'Hi \\ud800'), 'not a string of Unicode'),
    await fault('message with white space inside', text.replace('{', '{ '), 'not canonical'),
    await fault('message with a space in front', concat(Uint8Array.of(0x20), messagePlaintext), 'nothing stands in front'),
    await fault('message with a line feed at the end', concat(messagePlaintext, Uint8Array.of(0x0a)), 'padding is spaces only'),
    await fault('message with a byte order mark', concat(Uint8Array.of(0xef, 0xbb, 0xbf), messagePlaintext), 'no byte order mark'),
    await fault('message is not UTF-8', concat(messagePlaintext.slice(0, 10), Uint8Array.of(0xff), messagePlaintext.slice(10)), 'fatal decoding'),
    await fault('message is an array', `[${text}]`, 'an object'),
    await fault('message is empty', '   ', 'an object'),
    await signed('message without data', { data: undefined }, 'data must be present'),
    await signed('data_type is negative', { data_type: -1 }, '0 to 2147483647'),
    await signed('data_type is not whole', { data_type: 1.5 }, '0 to 2147483647'),
    await signed('data_type is too large', { data_type: 2147483648 }, '0 to 2147483647'),
    await signed('from is null', { from: null }, 'a string or absent'),
    await signed('date does not exist', { date: '2026-02-30T10:00:00.000Z' }, 'an existing date'),
    await signed('date without offset', { date: '2026-11-20T10:00:00.000' }, 'RFC 3339'),
    await fault('signature in the alphabet of URLs', canonicalize({ ...message, signature: `${'-_'.repeat(42)}-_==` }), 'strict base64'),
    await fault('message too deep', canonicalizeDeep(message), '32 levels'),
  ];
}

async function keyFaults(shop: Workshop, { order, message }: Piece, weak: Readonly<Record<string, string>>): Promise<Vector[]> {
  const fault = async (name: string, key: string, why: string, signature?: string): Promise<Vector> => {
    const { message: signed } = await shop.sign(order, { ...without(message, 'signature'), key });
    const plaintext = encodeUtf8(canonicalize(signature === undefined ? signed : { ...signed, signature }));
    return describe(order, name, 'unsupported_key', await shop.wrapInner(order, await shop.sealInner(order, plaintext)), why);
  };
  const everything = encodeBase64(concat(Uint8Array.of(1), new Uint8Array(63)));
  const pem = publicKeyPem(shop.key(order.sender).publicKey);
  return [
    await fault('sender key of small order', weak['weak-ed25519-identity'] ?? '', 'one signature would verify for every text', everything),
    await fault('sender key with exponent 3', weak['weak-rsa-exponent-3'] ?? '', '65537 only'),
    await fault('sender key of 1024 bits', weak['weak-rsa-1024'] ?? '', '2048 bits at least'),
    await fault('sender key that cannot sign', publicKeyPem(shop.key('user-x25519').publicKey), 'X25519 seals only'),
    await fault('two keys in one string', `${pem}${pem}`, 'exactly one key'),
    await fault('text around the key', `key:\n${pem}`, 'nothing around it'),
  ];
}

async function signatureFaults(shop: Workshop, { order, message }: Piece): Promise<Vector[]> {
  const fault = async (of: Order, name: string, changed: Record<string, unknown>, why: string): Promise<Vector> =>
    describe(of, name, 'bad_signature', await shop.wrapInner(of, await shop.sealInner(of, encodeUtf8(canonicalize(changed)))), why);
  const unsigned = without(message, 'signature');
  const forwarded = await shop.sign(order, unsigned, shop.key('stranger-x25519'));
  const replayed = await shop.sign({ ...order, address: { ...order.address, id: 'first-id' } }, unsigned);
  const rsaOrder = sound('signature fault rsa', HPKE, 'x25519', HPKE, 'x25519', 'rsa-2048', 'text');
  const rsa = { ...rsaOrder.draft, key: publicKeyPem(shop.key(rsaOrder.sender).publicKey) };
  const rs256 = (await shop.sign({ ...rsaOrder, inner: OAEP }, rsa)).message;
  const input = signatureInput(rsa, rsaOrder.address, await fingerprintOf(shop.backend, shop.key(rsaOrder.user).publicKey));
  const shortSalt = encodeBase64(shop.backend.sign(shop.key(rsaOrder.sender), 'PS256', input, shop.bytes(rsaOrder.name, 'salt', 20)));
  const legacy = sound('signature fault legacy', HPKE, 'x25519', OAEP, 'rsa-2048', 'rsa-2048', 'text');
  const ps256 = (await shop.sign({ ...legacy, inner: OAEP_256 }, { ...legacy.draft, key: rsa.key })).message;
  return [
    await fault(order, 'signed text changed', { ...message, data: 'Hi Eve' }, 'the signature covers all members'),
    await fault(order, 'unknown member added after signing', { ...message, more: 1 }, 'the signature covers unknown members'),
    await fault(order, 'signed by another key', { ...message, key: publicKeyPem(shop.key('annex-sender').publicKey) }, 'the key is covered'),
    await fault(order, 'signed for another recipient', forwarded.message, 'surreptitious forwarding'),
    await fault(order, 'signed under another id', replayed.message, 'replay under a new id'),
    await fault(rsaOrder, 'RS256 where PS256 belongs', rs256, 'decided by key and suite, never by trial'),
    await fault(legacy, 'PS256 where RS256 belongs', ps256, 'decided by key and suite, never by trial'),
    await fault(rsaOrder, 'PS256 with a salt of 20 bytes', { ...rsa, signature: shortSalt }, 'the salt has 32 bytes'),
    await fault(order, 'signature of 63 bytes', { ...message, signature: encodeBase64(new Uint8Array(63)) }, 'Ed25519 has 64'),
    await fault(order, 'signature of another context', { ...message, signature: await foreignContext(shop, order, unsigned) }, 'the context is signed'),
  ];
}

async function foreignContext(shop: Workshop, order: Order, unsigned: Record<string, unknown>): Promise<string> {
  const input = concat(innerContext(order.inner, order.address), encodeUtf8(canonicalize(unsigned)));
  return encodeBase64(shop.backend.sign(shop.key(order.sender), 'EdDSA', input));
}

/** Nested 33 levels: our own writer refuses that, so the text is put together by hand. */
function canonicalizeDeep(message: Record<string, unknown>): string {
  return canonicalize({ ...message, data: 'HERE' }).replace('"HERE"', `${'['.repeat(32)}${']'.repeat(32)}`);
}

function describe(order: Order, name: string, code: Code, body: unknown, why: string): Vector {
  const expect = { outcome: 'error', stage: 'inner', code } as const;
  return { name, server_key: order.server, user_key: order.user, sender_key: order.sender, body, expect, why };
}

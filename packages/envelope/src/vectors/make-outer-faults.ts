import { decodeBase64, encodeBase64 } from '../base/base64.js';
import { type Bytes, concat, encodeUtf8 } from '../base/bytes.js';
import { contextBytes } from '../suites/context.js';
import { sealContent } from '../suites/content.js';
import { wrapKey } from '../suites/layer.js';
import { suiteOf } from '../suites/registry.js';
import { type Vector } from './format.js';
import { sound } from './make-sound.js';
import { type Order, type Piece, type Workshop } from './workshop.js';

const HPKE = 'HPKE-X25519+A256GCM';
const OAEP_256 = 'RSA-OAEP-256+A256GCM';
const OAEP = 'RSA-OAEP+A256CBC-HS512';

type Code = 'malformed_request' | 'unknown_algorithm' | 'unknown_server_key' | 'undecryptable' | 'malformed_packet';
type Body = Record<string, unknown>;

/** Bodies that a server refuses, for every reason of its steps 2 to 8. */
export async function outerFaults(shop: Workshop): Promise<Vector[]> {
  const hpke = await shop.make(sound('outer fault', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'text'));
  const rsa = await shop.make(sound('outer fault rsa', OAEP_256, 'rsa-2048', OAEP_256, 'rsa-2048', 'ed25519', 'text'));
  const cbc = await shop.make(sound('outer fault cbc', OAEP, 'rsa-2048', OAEP, 'rsa-2048', 'ed25519', 'text'));
  return [...formFaults(hpke), ...(await sealFaults(shop, hpke, rsa, cbc)), ...(await packetFaults(shop, hpke))];
}

function formFaults({ order, body }: Piece): Vector[] {
  const { data, password } = body;
  const fault = (name: string, code: Code, changed: unknown, why: string): Vector => describe(order, name, code, changed, why);
  const change = (members: Body): Body => ({ ...body, ...members });
  return [
    fault('body is an array', 'malformed_request', [body], 'step 2: an object is needed'),
    fault('password is missing', 'malformed_request', { data, algorithm: body.algorithm }, 'step 2: all three members are required'),
    fault('data is empty', 'malformed_request', change({ data: '' }), 'step 2: non-empty strings'),
    fault('algorithm is a number', 'malformed_request', change({ algorithm: 1 }), 'step 2: strings'),
    fault('algorithm is unknown', 'unknown_algorithm', change({ algorithm: 'RSA1_5+A256CBC' }), 'step 3: the registry is closed'),
    fault('algorithm in lower case', 'unknown_algorithm', change({ algorithm: HPKE.toLowerCase() }), 'step 3: names are exact'),
    fault('algorithm is __proto__', 'unknown_algorithm', change({ algorithm: '__proto__' }), 'step 3: looked up as an own key'),
    fault('algorithm is unknown and base64 is bad', 'unknown_algorithm', change({ algorithm: 'none', data: '!' }), 'step 3 comes before step 4'),
    fault('password in the alphabet of URLs', 'malformed_request', change({ password: `${'-_'.repeat(2)}${password.slice(4)}` }), 'step 4: standard alphabet'),
    fault('data without padding', 'malformed_request', change({ data: encodeBase64(new Uint8Array(64)).replaceAll('=', '') }), 'step 4: padding is required'),
    fault('data with a line break', 'malformed_request', change({ data: `${data.slice(0, 64)}\n${data.slice(64)}` }), 'step 4: no line breaks'),
    fault('data with unused bits set', 'malformed_request', change({ data: `${encodeBase64(new Uint8Array(63))}AB==` }), 'step 4: unused bits are zero'),
    fault('data with a space in front', 'malformed_request', change({ data: ` ${data}` }), 'step 4: no white space'),
    fault('kid is no fingerprint', 'malformed_request', change({ kid: 'current' }), 'step 4: 64 hex digits'),
    fault('kid of another key', 'unknown_server_key', change({ kid: 'ab'.repeat(32) }), 'step 5: a live key of this server'),
  ];
}

async function sealFaults(shop: Workshop, hpke: Piece, rsa: Piece, cbc: Piece): Promise<Vector[]> {
  const fault = (piece: Piece, name: string, members: Body, why: string): Vector => describe(piece.order, name, 'undecryptable', { ...piece.body, ...members }, why);
  return [
    { ...fault(hpke, 'sealed to another key', {}, 'step 7: wrong key'), server_key: 'stranger-x25519' },
    { ...fault(rsa, 'suite for another kind of key', {}, 'step 7: the key of the server is X25519'), server_key: 'server-x25519' },
    fault(hpke, 'encapsulated key changed', { password: flip(hpke.body.password, 0) }, 'step 7'),
    fault(hpke, 'encapsulated key of small order', { password: encodeBase64(concat(new Uint8Array(32), bytes(hpke.body.password).slice(32))) }, 'step 7: the shared secret would be zero'),
    fault(hpke, 'wrapped key changed', { password: flip(hpke.body.password, 40) }, 'step 7'),
    fault(hpke, 'password too short', { password: encodeBase64(bytes(hpke.body.password).slice(0, 31)) }, 'step 7'),
    fault(hpke, 'password with a byte too many', { password: encodeBase64(concat(bytes(hpke.body.password), Uint8Array.of(0))) }, 'step 7'),
    fault(hpke, 'tag changed', { data: flip(hpke.body.data, -1) }, 'step 7: wrong tag'),
    fault(hpke, 'tag cut to four bytes', { data: encodeBase64(bytes(hpke.body.data).slice(0, -12)) }, 'step 7: the tag has 16 bytes'),
    fault(hpke, 'iv changed', { data: flip(hpke.body.data, 0) }, 'step 7'),
    fault(hpke, 'data shorter than iv and tag', { data: encodeBase64(new Uint8Array(20)) }, 'step 7: short data'),
    fault(rsa, 'oaep block changed', { password: flip(rsa.body.password, 100) }, 'step 7: wrong padding'),
    fault(rsa, 'oaep block too short', { password: encodeBase64(bytes(rsa.body.password).slice(1)) }, 'step 7'),
    fault(rsa, 'algorithm relabelled after sealing', { algorithm: OAEP }, 'step 7: the name is authenticated'),
    fault(cbc, 'cbc: tag changed', { data: flip(cbc.body.data, -1) }, 'step 7: the MAC is checked first'),
    fault(cbc, 'cbc: last ciphertext byte changed', { data: flip(cbc.body.data, -33) }, 'step 7: the MAC is checked first'),
    fault(cbc, 'cbc: data shorter than iv and tag', { data: encodeBase64(new Uint8Array(47)) }, 'step 7: short data'),
    fault(rsa, 'content key of 16 bytes', await shortKey(shop, rsa.order, 16), 'step 7: the length of the content key is fixed'),
    fault(hpke, 'content key of 31 bytes', await shortKey(shop, hpke.order, 31), 'step 7: the length of the content key is fixed'),
    fault(cbc, 'content key of 32 bytes for 64', await shortKey(shop, cbc.order, 32), 'step 7: the length of the content key is fixed'),
    fault(hpke, 'inner layer used as outer', { data: hpke.packet.data, password: hpke.packet.password }, 'step 7: contexts differ'),
    fault(hpke, 'context with a line feed at the end', { ...(await shop.sealOuter(hpke.order, hpke.packetPlaintext, contextBytes('packet', `${HPKE}\n`))) }, 'step 7: no trailing line feed'),
    fault(hpke, 'context of another version', { ...(await shop.sealOuter(hpke.order, hpke.packetPlaintext, encodeUtf8(`polypost-envelope/2\npacket\n${HPKE}`))) }, 'step 7'),
  ];
}

async function packetFaults(shop: Workshop, { order, packet, packetPlaintext }: Piece): Promise<Vector[]> {
  const fault = async (name: string, plaintext: Bytes | string, why: string, code: Code = 'malformed_packet'): Promise<Vector> => {
    const sealed = await shop.sealOuter(order, typeof plaintext === 'string' ? encodeUtf8(plaintext) : plaintext);
    return describe(order, name, code, sealed, why, code === 'unknown_algorithm' ? 'packet' : undefined);
  };
  const text = (members: Record<string, unknown>): string => JSON.stringify({ ...packet, ...members });
  return [
    await fault('packet with a byte order mark', concat(Uint8Array.of(0xef, 0xbb, 0xbf), packetPlaintext), 'step 8: no byte order mark'),
    await fault('packet is not UTF-8', encodeLatin1(text({ token: 'abc' }).replace('abc', 'a\u00ffc')), 'step 8: fatal decoding'),
    await fault('packet after a space', concat(Uint8Array.of(0x20), packetPlaintext), 'step 8: nothing stands in front'),
    await fault('packet padded with a line feed', concat(packetPlaintext, Uint8Array.of(0x0a)), 'step 8: spaces only'),
    await fault('packet is an array', `[${text({})}]`, 'step 8: an object'),
    await fault('packet is no JSON', '{"id":1,}', 'step 8: JSON'),
    await fault('packet is too deep', text({ more: JSON.parse(`${'['.repeat(32)}${']'.repeat(32)}`) }), 'step 8: 32 levels'),
    await fault('packet without token', text({ token: undefined }), 'step 8: all members are required'),
    await fault('packet id of 129 characters', text({ id: 'x'.repeat(129) }), 'step 8: 128 at most'),
    await fault('packet id with a space', text({ id: 'a b' }), 'step 8: visible ASCII'),
    await fault('user_id with a hyphen', text({ user_id: 'b0b-7f3' }), 'step 8: letters and digits'),
    await fault('user_id is a number', text({ user_id: 17 }), 'step 8: strings'),
    await fault('token with a line feed at the end', text({ token: 'ppt1_x\n' }), 'step 8: visible ASCII'),
    await fault('inner data without padding', text({ data: packet.data.replace(/=*$/, 'A') }), 'step 8: strict base64'),
    await fault('inner password is empty', text({ password: '' }), 'step 8: strict base64'),
    await fault('inner algorithm is unknown', text({ algorithm: 'constructor' }), 'step 8: the registry is closed', 'unknown_algorithm'),
  ];
}

async function shortKey(shop: Workshop, order: Order, length: number): Promise<Body> {
  const suite = suiteOf(order.outer);
  const inputs = shop.inputs(`${order.name} short key`, 'outer', suite);
  const context = contextBytes('packet', suite.id);
  const data = await sealContent(shop.backend, suite, inputs.contentKey, inputs.iv, context, encodeUtf8('{}'));
  const password = await wrapKey(shop.backend, suite, shop.key(order.server).publicKey, context, { ...inputs, contentKey: inputs.contentKey.slice(0, length) });
  return { data: encodeBase64(data), password: encodeBase64(password) };
}

function describe(order: Order, name: string, code: Code, body: unknown, why: string, layer?: string): Vector {
  const expect = { outcome: 'error', stage: 'outer', code, ...(layer !== undefined && { layer }) } as const;
  return { name, server_key: order.server, user_key: order.user, sender_key: order.sender, body, expect, why };
}

function bytes(base64: string): Bytes {
  return decodeBase64(base64) ?? new Uint8Array(0);
}

/** One bit of one byte the other way round. @param at from the end when negative */
function flip(base64: string, at: number): string {
  const changed = bytes(base64).slice();
  const index = at < 0 ? changed.length + at : at;
  changed[index] = (changed[index] ?? 0) ^ 1;
  return encodeBase64(changed);
}

function encodeLatin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

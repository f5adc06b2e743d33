import { fromHex, toHex } from '../base/bytes.js';

// Points whose order divides 8, and the other spellings of them that fit into 255 bits, without the
// top bit: X25519 ignores it and in Ed25519 it is the sign, so that each entry stands for two
// encodings. Order: 0, 1, the two points of order 8, p - 1, p, p + 1.
const P_MINUS_1 = `ec${'ff'.repeat(30)}7f`;
const P = `ed${'ff'.repeat(30)}7f`;
const P_PLUS_1 = `ee${'ff'.repeat(30)}7f`;
const ZERO = '00'.repeat(32);
const ONE = `01${'00'.repeat(31)}`;

const X25519_U = new Set([
  ZERO,
  ONE,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  P_MINUS_1,
  P,
  P_PLUS_1,
]);

const ED25519_Y = new Set([
  ZERO,
  ONE,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  P_MINUS_1,
  P,
  P_PLUS_1,
]);

/** Whether every private key makes the same, known secret with this X25519 public key (32 bytes). */
export function isSmallOrderX25519(raw: Uint8Array): boolean {
  return X25519_U.has(toHex(withoutTopBit(raw)));
}

/** Whether signatures that verify for every text exist under this Ed25519 public key (32 bytes). */
export function isSmallOrderEd25519(raw: Uint8Array): boolean {
  return ED25519_Y.has(toHex(withoutTopBit(raw)));
}

/** All encodings of points of small order, for tests. */
export function smallOrderEncodings(type: 'x25519' | 'ed25519'): readonly Uint8Array<ArrayBuffer>[] {
  return [...(type === 'x25519' ? X25519_U : ED25519_Y)].flatMap((hex) => [0, 0x80].map((top) => withTopBit(fromHex(hex), top)));
}

function withoutTopBit(raw: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(raw);
  copy[31] = (copy[31] ?? 0) & 0x7f;
  return copy;
}

function withTopBit(raw: Uint8Array<ArrayBuffer>, top: number): Uint8Array<ArrayBuffer> {
  raw[31] = (raw[31] ?? 0) | top;
  return raw;
}

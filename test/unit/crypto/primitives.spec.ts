import { createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto';
import { blake3Hex } from '../../../src/crypto/blake3.js';
import { constantTimeEqual } from '../../../src/crypto/constant-time.js';
import { CryptoFailure } from '../../../src/crypto/crypto-failure.js';
import { framed, keyedHash } from '../../../src/crypto/keyed-hash.js';
import { RotatingSecret } from '../../../src/crypto/rotating-secret.js';
import { generateEphemeralKey, generateRawKeyPair, importPrivateKey, importPublicKey, isUsablePublicKey, sharedSecret } from '../../../src/crypto/x25519.js';

describe('constantTimeEqual', () => {
  test('tells equal from different, for digests and for any other length', () => {
    const digest = randomBytes(32);
    const flipped = Buffer.from(digest);
    flipped[31]! ^= 1;
    expect(constantTimeEqual(digest, Buffer.from(digest))).toBe(true);
    expect(constantTimeEqual(digest, flipped)).toBe(false);
    expect(constantTimeEqual(Buffer.from('same'), Buffer.from('same'))).toBe(true);
    expect(constantTimeEqual(Buffer.from('same'), Buffer.from('sam'))).toBe(false);
    expect(constantTimeEqual(digest, digest.subarray(0, 31))).toBe(false);
  });
});

describe('keyedHash', () => {
  const secret = Buffer.from('0123456789abcdef0123456789abcdef');

  test('is HMAC-SHA256 over domain, a zero byte and the parts', () => {
    const expected = createHmac('sha256', secret).update('a/v1\0onetwo').digest('hex');
    expect(keyedHash(secret, 'a/v1', 'one', Buffer.from('two')).toString('hex')).toBe(expected);
  });

  test('keeps uses apart by their domain', () => {
    expect(keyedHash(secret, 'a/v1', 'x').equals(keyedHash(secret, 'b/v1', 'x'))).toBe(false);
  });

  test('framed values do not run into each other', () => {
    expect(framed('ab', 'c').equals(framed('a', 'bc'))).toBe(false);
    expect(framed('ü').equals(Buffer.from([0, 0, 0, 2, 0xc3, 0xbc]))).toBe(true);
  });
});

describe('RotatingSecret', () => {
  const old = Buffer.alloc(32, 1);
  const now = Buffer.alloc(32, 2);

  test('signs with the current value and believes every value it has', () => {
    const before = new RotatingSecret(old).mac('d', 'text');
    const rotated = new RotatingSecret(now, [old]);
    expect(rotated.mac('d', 'text').equals(before)).toBe(false);
    expect(rotated.verify(before, 'd', 'text')).toBe(true);
    expect(rotated.verify(rotated.mac('d', 'text'), 'd', 'text')).toBe(true);
    expect(new RotatingSecret(old, [now]).verify(rotated.mac('d', 'text'), 'd', 'text')).toBe(true);
  });

  test('believes nothing else', () => {
    const mac = new RotatingSecret(old).mac('d', 'text');
    expect(new RotatingSecret(now).verify(mac, 'd', 'text')).toBe(false);
    expect(new RotatingSecret(old).verify(mac, 'other', 'text')).toBe(false);
    expect(new RotatingSecret(old).verify(mac, 'd', 'texts')).toBe(false);
    expect(new RotatingSecret(old).verify(mac.subarray(1), 'd', 'text')).toBe(false);
  });
});

describe('blake3Hex', () => {
  test.each([
    ['Meet at noon.', 'Plans', '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9'],
    ['', 'Only a subject', 'b6cadc1e6a6d780ebc894217e38644a1c84c27f8fdb97792fdf6051b3ace72a9'],
    [Buffer.from('4772c3bc6e20f09fa68a20e29c93', 'hex').toString('utf8'), 'Fuchs', 'f12d04abe7dfd40771ed4df04fe6385a557424078ecc4bea6f60dd34cdaa9eaf'],
    ['ab', 'c', '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
    ['a', 'bc', '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85'],
    ['0123456789abcdef'.repeat(128), 'Long', '9a1026d53680a9ec00d438b85eb326d23c84818cf8d5ed9273adaa9a310db7e5'],
  ])('KEY-29 digest of content %p then subject %p', (content, subject, digest) => {
    expect(blake3Hex(content, subject)).toBe(digest);
  });

  test('KEY-29 no Unicode normalisation: composed and decomposed letters differ', () => {
    expect(blake3Hex('\u00e9', '')).not.toBe(blake3Hex('e\u0301', ''));
  });
});

describe('X25519', () => {
  test('raw pairs come and go through the imports unchanged', async () => {
    const ada = generateRawKeyPair();
    const ben = generateRawKeyPair();
    const one = await sharedSecret(importPrivateKey(ada.seed, ada.publicKey), importPublicKey(ben.publicKey));
    const other = await sharedSecret(importPrivateKey(ben.seed, ben.publicKey), importPublicKey(ada.publicKey));
    expect(one.equals(other)).toBe(true);
    expect(one).toHaveLength(32);
    expect(importPublicKey(ada.publicKey).export({ format: 'jwk' }).x).toBe(ada.publicKey.toString('base64url'));
  });

  test('the exchange is that of RFC 7748, section 6.1', async () => {
    const seed = Buffer.from('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb', 'hex');
    const publicKey = Buffer.from('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f', 'hex');
    const peer = Buffer.from('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a', 'hex');
    const secret = await sharedSecret(importPrivateKey(seed, publicKey), importPublicKey(peer));
    expect(secret.toString('hex')).toBe('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
  });

  test('KEY-62 the cheap import by JWK gives the very key that PKCS#8 and SPKI give', () => {
    const { seed, publicKey } = generateRawKeyPair();
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), seed]);
    const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), publicKey]);
    const byDer = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    expect(importPrivateKey(seed, publicKey).equals(byDer)).toBe(true);
    expect(importPublicKey(publicKey).equals(createPublicKey({ key: spki, format: 'der', type: 'spki' }))).toBe(true);
  });

  test('no two pairs are alike', async () => {
    const keys = new Set(Array.from({ length: 50 }, () => generateRawKeyPair().seed.toString('hex')));
    expect(keys.size).toBe(50);
    const [one, other] = await Promise.all([generateEphemeralKey(), generateEphemeralKey()]);
    expect(one.publicKey.equals(other.publicKey)).toBe(false);
  });

  test('KEY-18 exactly the points OpenSSL refuses are of low order, the top bit being ignored', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const lowOrder = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
    ];
    for (const hex of lowOrder) {
      for (const topBit of [0, 0x80]) {
        const raw = Buffer.from(hex, 'hex');
        raw[31]! |= topBit;
        expect(isUsablePublicKey(raw)).toBe(false);
        expect(() => diffieHellman({ privateKey, publicKey: importPublicKey(raw) })).toThrow();
        await expect(sharedSecret(privateKey, importPublicKey(raw))).rejects.toThrow(CryptoFailure);
      }
    }
    for (const hex of [`02${'00'.repeat(31)}`, `eb${'ff'.repeat(30)}7f`, `ef${'ff'.repeat(30)}7f`]) {
      expect(isUsablePublicKey(Buffer.from(hex, 'hex'))).toBe(true);
      expect(await sharedSecret(privateKey, importPublicKey(Buffer.from(hex, 'hex')))).toHaveLength(32);
    }
    expect(isUsablePublicKey(Buffer.alloc(31, 9))).toBe(false);
    expect(isUsablePublicKey(Buffer.alloc(33, 9))).toBe(false);
  });
});

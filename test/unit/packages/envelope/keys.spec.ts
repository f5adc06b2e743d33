import { fingerprint, parsePublicKey, publicKeyFromSpki, publicKeyPem, toHex } from '@polypost/envelope/codec';
import { smallOrderEncodings } from '@polypost/envelope/testing';
import { createHash, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { freshKey, vectorKey, vectorPem } from './support.js';

const lines = (pem: string): string[] => pem.trimEnd().split('\n');
const refused = expect.objectContaining({ code: 'unsupported_key' });
const spkiPem = (spki: Uint8Array): string => `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spki).toString('base64').match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END PUBLIC KEY-----\n`;
const rsa = vectorPem('sender-rsa-2048');

describe('ENV-15 key strings', () => {
  const native = createPublicKey(rsa);
  const forms: readonly [string, string][] = [
    ['PEM of SubjectPublicKeyInfo', rsa],
    ['the same with CRLF', rsa.replaceAll('\n', '\r\n')],
    ['the same without the last line break', rsa.trimEnd()],
    ['PEM of PKCS#1', native.export({ format: 'pem', type: 'pkcs1' }) as string],
    ['PEM of PKCS#1 with CRLF', (native.export({ format: 'pem', type: 'pkcs1' }) as string).replaceAll('\n', '\r\n')],
    ['base64 of the DER on one line', native.export({ format: 'der', type: 'spki' }).toString('base64')],
  ];

  it.each(forms)('ENV-16 takes %s, with one fingerprint for all forms', (_what, text) => {
    const key = parsePublicKey(text);
    expect(key).toMatchObject({ type: 'rsa', bits: 2048 });
    expect(fingerprint(key)).toBe(createHash('sha256').update(native.export({ format: 'der', type: 'spki' })).digest('hex'));
    expect(publicKeyPem(key)).toBe(rsa);
  });

  it.each([
    ['nothing', ''], ['text in front', ` ${rsa}`], ['text behind', `${rsa}x`], ['an empty line behind', `${rsa}\n`], ['two keys', rsa + rsa], ['a header', rsa.replace('\n', '\nProc-Type: 4\n\n')],
    ['lines of 76', rsa.replace(lines(rsa).slice(1, -1).join('\n'), lines(rsa).slice(1, -1).join('').match(/.{1,76}/g)?.join('\n') ?? '')],
    ['one long line', rsa.replace(lines(rsa).slice(1, -1).join('\n'), lines(rsa).slice(1, -1).join(''))],
    ['mixed line ends', rsa.replace('\n', '\r\n')], ['another label', rsa.replaceAll('PUBLIC', 'PRIVATE')], ['a wrong end', rsa.replace('END PUBLIC', 'END RSA PUBLIC')], ['a certificate', rsa.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
    ['PKCS#1 under the other label', (createPublicKey(rsa).export({ format: 'pem', type: 'pkcs1' }) as string).replaceAll('RSA PUBLIC', 'PUBLIC')],
    ['base64 with a line break', `${createPublicKey(rsa).export({ format: 'der', type: 'spki' }).toString('base64')}\n`], ['junk', 'AAAA'], ['8 KiB and more', 'A'.repeat(8196)],
  ])('refuses %s', (_what, text) => expect(() => parsePublicKey(text)).toThrow(refused));

  it('ENV-16 reads and writes the keys of curves', async () => {
    for (const type of ['x25519', 'ed25519'] as const) {
      const { publicKey } = await freshKey(type);
      expect(parsePublicKey(publicKeyPem(publicKey))).toEqual(publicKey);
      expect(createPublicKey(publicKeyPem(publicKey)).asymmetricKeyType).toBe(type);
    }
  });
});

describe('ENV-17 accepted keys', () => {
  const spki = createPublicKey(rsa).export({ format: 'der', type: 'spki' });

  it('are RSA from 2048 to 4096 bits', async () => {
    for (const bits of [2048, 3072, 4096]) expect((await vectorKey(`user-rsa-${bits}`)).publicKey).toMatchObject({ type: 'rsa', bits });
    const modulus = (bits: number): Buffer => Buffer.concat([Buffer.of(bits % 8 === 0 ? 0x80 : 1), Buffer.alloc(Math.ceil(bits / 8) - 1, 0xff)]);
    const jwk = (bits: number): string => createPublicKey({ key: { kty: 'RSA', n: modulus(bits).toString('base64url'), e: 'AQAB' }, format: 'jwk' }).export({ format: 'pem', type: 'spki' }) as string;
    for (const bits of [2048, 2049, 2056, 4096]) expect(parsePublicKey(jwk(bits))).toMatchObject({ bits });
    for (const bits of [1024, 2040, 4097, 8192]) expect(() => parsePublicKey(jwk(bits))).toThrow(refused);
  });

  it.each([
    ['RSA of 1024 bits', vectorPem('weak-rsa-1024')], ['exponent 3', vectorPem('weak-rsa-exponent-3')],
    ['RSA-PSS only', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' }) as string],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'pem', type: 'spki' }) as string],
    ['X448', generateKeyPairSync('x448').publicKey.export({ format: 'pem', type: 'spki' }) as string], ['Ed448', generateKeyPairSync('ed448').publicKey.export({ format: 'pem', type: 'spki' }) as string],
    ['an RSA key without NULL parameters', spkiPem(Buffer.from(spki.toString('hex').replace('300d06092a864886f70d0101010500', '300b06092a864886f70d010101').replace(/^30820122/, '30820120'), 'hex'))],
    ['a third part in the outer sequence', spkiPem(Buffer.concat([Buffer.from('30820124', 'hex'), spki.subarray(4), Buffer.from('0500', 'hex')]))], ['bytes behind the key', spkiPem(Buffer.concat([spki, Buffer.of(0)]))], ['an even modulus', spkiPem(Buffer.concat([spki.subarray(0, -6), Buffer.of((spki.at(-6) ?? 0) & 0xfe), spki.subarray(-5)]))],
    ['a negative modulus', spkiPem(Buffer.from(spki.toString('hex').replace('0282010100', '02820101ff'), 'hex'))],
  ])('T15 are not %s', (_what, text) => expect(() => parsePublicKey(text)).toThrow(refused));

  it.each(['x25519', 'ed25519'] as const)('ENV-40 T15 are no %s points of small order, in any spelling', (type) => {
    const points = smallOrderEncodings(type);
    expect(points).toHaveLength(14);
    expect(new Set(points.map(toHex)).size).toBe(14);
    const prefix = Buffer.from(type === 'x25519' ? '302a300506032b656e032100' : '302a300506032b6570032100', 'hex');
    for (const point of points) expect(() => publicKeyFromSpki(Buffer.concat([prefix, point]))).toThrow(refused);
  });

  it('ENV-40 the list is that of the curves: x^2 = 0 after three doublings', () => {
    const p = 2n ** 255n - 19n;
    const mod = (value: bigint): bigint => ((value % p) + p) % p;
    const power = (base: bigint, exponent: bigint): bigint => (exponent === 0n ? 1n : mod(power(mod(base * base), exponent / 2n) * (exponent % 2n === 1n ? base : 1n)));
    const inverse = (value: bigint): bigint => power(mod(value), p - 2n);
    const numberOf = (bytes: Uint8Array): bigint => Buffer.from(bytes).reverse().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) & (2n ** 255n - 1n);
    // Montgomery: u of the double; undefined is the neutral element
    const double = (u: bigint | undefined): bigint | undefined => {
      if (u === undefined) return undefined;
      const below = mod(4n * u * (u * u + 486662n * u + 1n));
      return below === 0n ? undefined : mod((u * u - 1n) ** 2n * inverse(below));
    };
    for (const point of smallOrderEncodings('x25519')) expect(double(double(double(mod(numberOf(point)))))).toBeUndefined();
    // Edwards y to Montgomery u
    for (const point of smallOrderEncodings('ed25519')) {
      const y = mod(numberOf(point));
      const u = y === 1n ? undefined : mod((1n + y) * inverse(1n - y));
      expect(double(double(double(u)))).toBeUndefined();
    }
  });

  it('ENV-17 the points of small order are those with a secret of zero', async () => {
    const key = generateKeyPairSync('x25519').privateKey;
    for (const point of smallOrderEncodings('x25519')) {
      const publicKey = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), point]), format: 'der', type: 'spki' });
      expect(() => diffieHellman({ privateKey: key, publicKey })).toThrow();
    }
  });

  it('ENV-103 random bytes are refused and never crash the reader', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (data) => {
      expect(() => publicKeyFromSpki(data)).toThrow(refused);
    }));
    fc.assert(fc.property(fc.integer({ min: 0, max: spki.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const broken = Uint8Array.from(spki);
      broken[at] = (broken[at] ?? 0) ^ change;
      try {
        // a changed modulus is another key; everything else is none
        expect(Buffer.from(publicKeyFromSpki(broken).spki).equals(Buffer.from(broken))).toBe(true);
      } catch (error) {
        expect(error).toEqual(refused);
      }
    }));
  });
});

import { decodeBase64, decodeUtf8, encodeBase64, FINGERPRINT, findSuite, nestsDeeper, PACKET_ID, parseDate, parseObject, parseOuterBody, stripPadding, SUITE_IDS, suiteOf, TOKEN, USER_ID, writeDate } from '@polypost/envelope/codec';
import { pad, paddedLength } from '@polypost/envelope/testing';
import { decodeBase64Url, encodeBase64Url } from '@polypost/envelope/codec';
import fc from 'fast-check';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

describe('ENV-09 base64', () => {
  it('reads what it writes, for bytes of every kind and length', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (data) => {
      const own = Uint8Array.from(data);
      expect(encodeBase64(own)).toBe(Buffer.from(own).toString('base64'));
      expect(new Uint8Array(decodeBase64(encodeBase64(own)) ?? [])).toEqual(own);
      expect(new Uint8Array(decodeBase64Url(encodeBase64Url(own)) ?? [])).toEqual(own);
    }));
  });

  it.each([
    ['the empty text', ''], ['no padding', 'QQ'], ['half the padding', 'QQ='], ['padding alone', '===='], ['too much padding', 'QUI==='], ['unused bits set', 'QR=='], ['unused bits set', 'QUJ='],
    ['the alphabet of URLs', '-_-_'], ['a line break', 'QUJD\nQUJD'], ['a line break at the end', 'QUJD\n'], ['a space', 'QUJD QUJ'], ['a tab in front', '\tUJDQUJD'], ['text after the padding', 'QQ==QUJD'],
    ['another character', 'QU*D'], ['a character beyond ASCII', 'QUJ\u00c4'], ['a byte order mark', '\ufeffQUJ'], ['NUL', 'QUJ\u0000'],
  ])('refuses %s', (_what, text) => expect(decodeBase64(text)).toBeUndefined());

  it('is the same where there is no Buffer', async () => {
    const samples = [bytes(0), bytes(255, 254, 253, 252), Uint8Array.from({ length: 70_000 }, (_, index) => index)];
    const wanted = samples.map((sample) => encodeBase64(sample));
    const buffer = globalThis.Buffer;
    try {
      Reflect.deleteProperty(globalThis, 'Buffer');
      const found = samples.map((sample) => encodeBase64(sample));
      const decoded = wanted.map((text) => decodeBase64(text));
      const refused = ['QR==', '-_-_', 'QU D', 'QUJD\n', ' QUJ', '\u00c4UJD'].map((text) => decodeBase64(text));
      globalThis.Buffer = buffer;
      expect(found).toEqual(wanted);
      expect(decoded).toEqual(samples);
      expect(refused).toEqual(Array(6).fill(undefined));
    } finally {
      globalThis.Buffer = buffer;
    }
  });
});

describe('ENV-10 UTF-8', () => {
  it.each([
    ['an overlong form', [0xc0, 0x80]], ['half a character', [0xe2, 0x82]], ['a surrogate', [0xed, 0xa0, 0x80]], ['Latin-1', [0x61, 0xff]], ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
  ])('refuses %s', (_what, values) => expect(decodeUtf8(bytes(...values))).toBeUndefined());

  it('keeps a mark that is not in front, and NUL', () => {
    expect(decodeUtf8(bytes(0x61, 0xef, 0xbb, 0xbf, 0x00))).toBe('a\ufeff\u0000');
  });
});

describe('ENV-11 ENV-30 padding', () => {
  it('is any number of spaces at the end', () => {
    expect(stripPadding(pad(bytes(0x7b, 0x7d), 600))).toEqual(bytes(0x7b, 0x7d));
    expect(stripPadding(bytes(0x20, 0x7b, 0x7d, 0x0a, 0x20))).toEqual(bytes(0x20, 0x7b, 0x7d, 0x0a));
    expect(stripPadding(bytes(0x20, 0x20))).toHaveLength(0);
  });

  it.each([[0, 512], [512, 512], [513, 544], [544, 544], [1000, 1024], [1025, 1088], [10_000, 10_240], [65_537, 67_584], [524_288, 524_288], [524_289, 540_672]])('takes %d bytes to %d', (length, padded) => {
    expect(paddedLength(length)).toBe(padded);
  });

  it('follows the formula of Padmé, and costs 12 percent at most', () => {
    fc.assert(fc.property(fc.integer({ min: 513, max: 1_000_000 }), (length) => {
      const e = Math.floor(Math.log2(length));
      const unit = 2 ** (e - Math.floor(Math.log2(e)) - 1);
      expect(paddedLength(length)).toBe(Math.ceil(length / unit) * unit);
      expect(paddedLength(length) / length).toBeLessThan(1.12);
    }));
  });
});

describe('ENV-12 the syntax of members', () => {
  it('takes ids up to 128 visible characters', () => {
    for (const good of ['a', '!~', 'x'.repeat(128)]) expect(PACKET_ID.test(good)).toBe(true);
    for (const bad of ['', 'x'.repeat(129), 'a b', 'a\n', 'ä', '\u007f']) expect(PACKET_ID.test(bad)).toBe(false);
  });

  it('takes user ids of 64 letters and digits, and tokens of 512 visible characters', () => {
    expect([USER_ID.test('aZ9'), USER_ID.test('x'.repeat(64)), TOKEN.test('x'.repeat(512))]).toEqual([true, true, true]);
    expect([USER_ID.test('a-b'), USER_ID.test('x'.repeat(65)), USER_ID.test('a\n'), TOKEN.test('x'.repeat(513)), TOKEN.test('a b'), TOKEN.test('')]).toEqual(Array(6).fill(false));
    expect([FINGERPRINT.test('ab'.repeat(32)), FINGERPRINT.test('AB'.repeat(32)), FINGERPRINT.test('ab'.repeat(31))]).toEqual([true, false, false]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'hpke-x25519+a256gcm', ' HPKE-X25519+A256GCM', 'HPKE-XWING+A256GCM', 'RSA1_5'])('ENV-18 knows no suite "%s"', (name) => {
    expect(findSuite(name)).toBeUndefined();
    const body = { data: 'QUJD', password: 'QUJD', algorithm: name };
    expect(() => parseOuterBody(body)).toThrow(expect.objectContaining({ code: name === '' ? 'malformed_request' : 'unknown_algorithm' }));
  });

  it('ENV-24 a suite that is switched off is unknown', () => {
    const body = { data: 'QUJD', password: 'QUJD', algorithm: 'RSA-OAEP+A256CBC-HS512' };
    expect(parseOuterBody(body).suite.id).toBe(body.algorithm);
    expect(() => parseOuterBody(body, ['HPKE-X25519+A256GCM'])).toThrow(expect.objectContaining({ code: 'unknown_algorithm', layer: 'envelope' }));
  });

  it('ENV-18 ENV-112 every name fixes everything, in one registry', () => {
    expect(SUITE_IDS.map((id) => suiteOf(id))).toMatchObject([
      { keyType: 'x25519', wrap: { kind: 'hpke-x25519' }, content: 'A256GCM', contentKeyBytes: 32, ivBytes: 12, tagBytes: 16, rsaSignature: 'PS256' },
      { keyType: 'rsa', wrap: { kind: 'rsa-oaep', hash: 'SHA-256' }, content: 'A256GCM', contentKeyBytes: 32, ivBytes: 12, tagBytes: 16, rsaSignature: 'PS256' },
      { keyType: 'rsa', wrap: { kind: 'rsa-oaep', hash: 'SHA-1' }, content: 'A256CBC-HS512', contentKeyBytes: 64, ivBytes: 16, tagBytes: 32, rsaSignature: 'RS256' },
    ]);
  });
});

describe('ENV-13 dates', () => {
  it.each([
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'], ['2026-11-20T10:00:00.1Z', '2026-11-20T10:00:00.100Z'], ['2026-11-20T10:00:00.123456789Z', '2026-11-20T10:00:00.123Z'],
    ['2026-11-20T10:00:00.000+02:00', '2026-11-20T08:00:00.000Z'], ['2026-11-20T00:00:00-23:59', '2026-11-20T23:59:00.000Z'], ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'], ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, same) => expect(writeDate(parseDate(text) ?? Number.NaN)).toBe(same));

  it.each([
    '2026-11-20', '2026-11-20T10:00:00', '2026-11-20 10:00:00Z', '2026-11-20t10:00:00z', '2026-11-20T10:00Z', '2026-11-20T10:00:00.Z', '2026-11-20T10:00:00.1234567890Z', '2026-11-20T10:00:00+0200', '2026-11-20T10:00:00+24:00', '2026-11-20T10:00:00+02:60',
    '2026-02-30T10:00:00Z', '2025-02-29T10:00:00Z', '2026-13-01T10:00:00Z', '2026-00-01T10:00:00Z', '2026-11-20T24:00:00Z', '2026-11-20T10:60:00Z', '2026-11-20T10:00:60Z', '20261120T100000Z', '+002026-11-20T10:00:00Z', '2026-11-20T10:00:00Z\n', '\u0662026-11-20T10:00:00Z', '',
  ])('refuses "%s"', (text) => expect(parseDate(text)).toBeUndefined());
});

describe('ENV-117 the depth of JSON', () => {
  const nested = (depth: number): string => `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`;

  it('is 32 and not more, whatever strings say', () => {
    expect(parseObject(nested(32))).toBeDefined();
    expect(parseObject(nested(34))).toBeUndefined();
    expect(nestsDeeper(`{"a":"${'['.repeat(100)}","b":"\\"${'{'.repeat(100)}\\\\","c":[]}`, 2)).toBe(false);
    expect(nestsDeeper('{"a":"\\\\","b":[[]]}', 2)).toBe(true);
    expect(nestsDeeper('['.repeat(1_000_000), 32)).toBe(true);
  });

  it('agrees with what JSON.parse finds', () => {
    const depthOf = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      const depth = depthOf(value);
      expect(nestsDeeper(text, depth)).toBe(false);
      if (depth > 0) expect(nestsDeeper(text, depth - 1)).toBe(true);
    }));
  });
});

import { canonicalize, fromHex, JcsError, suiteOf, toHex } from '@polypost/envelope/codec';
import { hpkeOpen, hpkeSchedule, hpkeSeal, openContent, privateKeyFromRaw, sealContent } from '@polypost/envelope/testing';
import { createCipheriv } from 'node:crypto';
import { backends } from './support.js';

describe.each(backends)('ENV-101 published test vectors of the parts, with the back end %s', (_name, backend) => {
  it('ENV-20 RFC 7518 B.3, AES_256_CBC_HMAC_SHA_512', async () => {
    const suite = suiteOf('RSA-OAEP+A256CBC-HS512');
    const key = Uint8Array.from({ length: 64 }, (_, index) => index);
    const iv = fromHex('1af38c2dc2b96ffdd86694092341bc04');
    const text = new TextEncoder().encode(
      'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience',
    );
    const aad = new TextEncoder().encode('The second principle of Auguste Kerckhoffs');
    const sealed =
      '4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b' +
      '36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b' +
      'be2638d09dd7a4930930806d0703b1f64dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5';
    expect(toHex(await sealContent(backend, suite, key, iv, aad, text))).toBe(toHex(iv) + sealed);
    expect(await openContent(backend, suite, key, aad, fromHex(toHex(iv) + sealed))).toEqual(text);
  });

  it('ENV-21 RFC 9180 A.1.1, the key schedule of DHKEM(X25519, HKDF-SHA256) in base mode', async () => {
    const recipientPrivate = fromHex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8');
    const recipient = fromHex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d');
    const ephemeral = fromHex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736');
    const encapsulated = fromHex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431');
    const info = fromHex('4f6465206f6e2061204772656369616e2055726e');
    expect(await backend.publicRaw('x25519', recipientPrivate)).toEqual(recipient);
    expect(await backend.publicRaw('x25519', ephemeral)).toEqual(encapsulated);
    const dh = (await backend.x25519(ephemeral, recipient)) ?? new Uint8Array();
    expect(await backend.x25519(recipientPrivate, encapsulated)).toEqual(dh);
    const { key, nonce } = await hpkeSchedule(backend, dh, encapsulated, recipient, info, { id: 1, keyBytes: 16 });
    expect(toHex(key)).toBe('4531685d41d65f03dc48f6b8302c05b0');
    expect(toHex(nonce)).toBe('56d890e5accaaf011cff4b7d');
    const cipher = createCipheriv('aes-128-gcm', key, nonce);
    cipher.setAAD(fromHex('436f756e742d30'));
    const sealed = cipher.update(fromHex('4265617574792069732074727574682c20747275746820626561757479'), undefined, 'hex') + cipher.final('hex');
    expect(sealed + cipher.getAuthTag().toString('hex')).toBe(
      'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
    );
  });

  it('ENV-21 HPKE takes 80 bytes for a key of 32 and refuses points of small order', async () => {
    const recipientPrivate = fromHex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8');
    const recipient = await backend.publicRaw('x25519', recipientPrivate);
    const info = new TextEncoder().encode('info');
    const key = backend.random(32);
    const sealed = (await hpkeSeal(backend, recipient, info, key, backend.random(32))) ?? new Uint8Array();
    expect(sealed).toHaveLength(80);
    expect(await hpkeOpen(backend, recipientPrivate, recipient, info, sealed)).toEqual(key);
    expect(await hpkeOpen(backend, recipientPrivate, recipient, new TextEncoder().encode('other'), sealed)).toBeUndefined();
    expect(await hpkeSeal(backend, new Uint8Array(32), info, key, backend.random(32))).toBeUndefined();
    const zero = sealed.slice().fill(0, 0, 32);
    expect(await hpkeOpen(backend, recipientPrivate, recipient, info, zero)).toBeUndefined();
    expect(await hpkeOpen(backend, recipientPrivate, recipient, info, sealed.slice(0, 31))).toBeUndefined();
  });

  it.each([
    ['', '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
    ['72', '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
    ['af82', 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
  ])('ENV-32 RFC 8032 section 7.1, Ed25519 over "%s"', async (text, seed, publicHex, signature) => {
    const key = await privateKeyFromRaw(backend, 'ed25519', fromHex(seed));
    expect(toHex(key.publicKey.raw)).toBe(publicHex);
    expect(toHex(await backend.sign(key, 'EdDSA', fromHex(text)))).toBe(signature);
    expect(await backend.verify(key.publicKey, 'EdDSA', fromHex(text), fromHex(signature))).toBe(true);
    // S + L: the same point, another spelling
    const malleable = fromHex(signature);
    let carry = 0;
    const order = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    for (let index = 0; index < 32; index += 1) {
      const sum = (malleable[32 + index] ?? 0) + (order[index] ?? 0) + carry;
      malleable[32 + index] = sum & 0xff;
      carry = sum >> 8;
    }
    expect(await backend.verify(key.publicKey, 'EdDSA', fromHex(text), malleable)).toBe(false);
  });
});

describe('ENV-35 canonical JSON', () => {
  it('is that of RFC 8785, section 3.2.2', () => {
    const text =
      '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}';
    expect(canonicalize(JSON.parse(text))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts by UTF-16 code units, as in section 3.2.3', () => {
    const value = { '\u20ac': 'Euro', '\r': 'CR', '\ufb33': 'Dalet', '1': 'One', '\u{1f600}': 'Face', '\u0080': 'Control', '\u00f6': 'O' };
    expect(Object.values(JSON.parse(canonicalize(value)) as object).sort()).toHaveLength(7);
    expect([...canonicalize(value).matchAll(/:"(\w+)"/g)].map(([, name]) => name)).toEqual(['CR', 'One', 'Control', 'O', 'Euro', 'Face', 'Dalet']);
  });

  it.each([
    ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'], ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'], ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'], ['444b1ae4d6e2ef50', '1e+21'], ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'], ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s of appendix B as %s', (hex, text) => {
    expect(canonicalize(Buffer.from(hex, 'hex').readDoubleBE())).toBe(text);
  });

  it.each([
    ['an unpaired surrogate', '\ud800'], ['an unpaired surrogate as a name', { '\udc00': 1 }], ['NaN', Number.NaN], ['infinity', Number.POSITIVE_INFINITY],
    ['undefined', undefined], ['an undefined member', { a: undefined }], ['a hole', [1, , 2]], ['a big integer', 1n], ['a function', () => 1], ['a date', new Date(0)], ['a map', new Map()],
  ])('refuses %s', (_what, value) => {
    expect(() => canonicalize(value)).toThrow(JcsError);
  });

  it('sorts and writes members that objects inherit', () => {
    expect(canonicalize(JSON.parse('{"toString":1,"__proto__":{"b":2},"constructor":3}'))).toBe('{"__proto__":{"b":2},"constructor":3,"toString":1}');
  });

  it('goes 32 levels deep and no deeper', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(canonicalize(nested(32))).toHaveLength(64);
    expect(() => canonicalize(nested(33))).toThrow(JcsError);
  });
});

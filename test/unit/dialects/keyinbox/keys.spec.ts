import { KeyInboxKeys } from '../../../../src/dialects/keyinbox/keyinbox.keys.js';
import { isSkyIdShape, makeSkyId } from '../../../../src/dialects/keyinbox/sky-id.js';
import { limits } from '../../../../src/kernel/limits.js';
import { configOf, ids, keys, somebody } from './support.js';

const SEED = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const PUBLIC = '0x8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f';
const PRIVATE =
  '0xSPVAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-PQMWtto8lYkrlshTqdnpuyU2CnT17XhrRum8-ITgoXxVJr883FZVvAf1iNufndbvdSYeslKUutyFA1YUb6hgm';

describe('private keys', () => {
  test('KEY-16 the published vector comes out of its seed and reads back', () => {
    const raw = Buffer.from(PUBLIC.slice(2), 'hex');
    expect(keys.writePrivate(SEED, raw)).toBe(PRIVATE);
    const read = keys.readPrivate(PRIVATE)!;
    expect(read.publicKey.text).toBe(PUBLIC);
    expect(read.seed.equals(SEED)).toBe(true);
  });

  test('KEY-16 issued keys have the published shape and lead to their public key', () => {
    const { privateKey, publicKey } = keys.issue();
    expect(privateKey).toMatch(/^0xSPV[A-Za-z0-9_-]{128}$/);
    expect(privateKey).toHaveLength(133);
    expect(publicKey).toMatch(/^0x[0-9a-f]{64}$/);
    expect(keys.readPrivate(privateKey)!.publicKey.text).toBe(publicKey);
    expect(keys.issue().privateKey).not.toBe(privateKey);
  });

  test('KEY-17 a changed bit anywhere makes a key invalid', () => {
    const bytes = Buffer.from(PRIVATE.slice(5), 'base64url');
    for (const at of bytes.keys()) {
      for (const bit of [0, 3, 7]) {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 1 << bit;
        expect(keys.readPrivate(`0xSPV${copy.toString('base64url')}`)).toBeNull();
      }
    }
  });

  test.each([
    ['nothing', ''],
    ['no prefix', PRIVATE.slice(5)],
    ['a prefix in other letters', PRIVATE.replace('0xSPV', '0xspv')],
    ['one character less', PRIVATE.slice(0, -1)],
    ['one character more', `${PRIVATE}A`],
    ['padding', `${PRIVATE.slice(0, -1)}=`],
    ['a blank in it', `${PRIVATE.slice(0, 60)} ${PRIVATE.slice(61)}`],
    ['the other alphabet of base64', PRIVATE.replaceAll('-', '+')],
    ['a public key', PUBLIC],
    ['a null character', `${PRIVATE.slice(0, -1)}\0`],
  ])('KEY-17 not a private key: %s', (_why, text) => {
    expect(keys.readPrivate(text)).toBeNull();
  });

  test('KEY-17 a key of another network is invalid, one of the network\'s older secret is not', () => {
    const other = new KeyInboxKeys(configOf({ KEYINBOX_NETWORK_SECRET: 'another-network-secret-0123456789abcdef' }));
    expect(other.readPrivate(PRIVATE)).toBeNull();
    const rotated = new KeyInboxKeys(
      configOf({
        KEYINBOX_NETWORK_SECRET: 'another-network-secret-0123456789abcdef',
        KEYINBOX_NETWORK_SECRET_PREVIOUS: ['example-network-secret-0123456789abcdef'],
      }),
    );
    expect(rotated.readPrivate(PRIVATE)!.publicKey.text).toBe(PUBLIC);
    expect(rotated.readPrivate(rotated.issue().privateKey)).not.toBeNull();
    expect(keys.readPrivate(rotated.issue().privateKey)).toBeNull();
  });
});

describe('public keys', () => {
  test('KEY-16 upper case is read and normalised', () => {
    expect(keys.readPublic(PUBLIC.toUpperCase().replace('0X', '0x'))!.text).toBe(PUBLIC);
    expect(keys.readPublic(PUBLIC.toUpperCase())!.text).toBe(PUBLIC);
  });

  test.each([
    ['nothing', ''],
    ['no prefix', PUBLIC.slice(2)],
    ['too short', PUBLIC.slice(0, -1)],
    ['too long', `${PUBLIC}0`],
    ['no hex', `${PUBLIC.slice(0, -1)}g`],
    ['a line break', `${PUBLIC}\n`],
    ['a point of low order', `0x${'00'.repeat(32)}`],
    ['another one', `0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800`],
  ])('KEY-18 not a usable public key: %s', (_why, text) => {
    expect(keys.readPublic(text)).toBeNull();
  });
});

describe('public halves that are remembered', () => {
  test('KEY-62 hold nothing of the private key they came with, and are no part of its bytes', () => {
    const fresh = new KeyInboxKeys(configOf());
    const { seed, publicKey } = fresh.readPrivate(PRIVATE)!;
    seed.fill(0);
    new Uint8Array(seed.buffer).fill(0xaa);
    expect(fresh.readPublic(PUBLIC)).toEqual({ ...publicKey, text: PUBLIC });
    expect(fresh.readPublic(PUBLIC)!.raw.toString('hex')).toBe(PUBLIC.slice(2));
    expect(fresh.readPublic(PUBLIC)!.raw.buffer.byteLength).toBe(32);
  });

  test('KEY-17 a key that was read before is checked again', () => {
    const fresh = new KeyInboxKeys(configOf());
    expect(fresh.readPrivate(PRIVATE)).not.toBeNull();
    const bytes = Buffer.from(PRIVATE.slice(5), 'base64url');
    bytes[0]! ^= 1;
    expect(fresh.readPrivate(`0xSPV${bytes.toString('base64url')}`)).toBeNull();
  });

  test('are at most so many as the bound says', () => {
    const fresh = new KeyInboxKeys(configOf());
    for (let index = 0; index < limits.public_key_cache_entries_max + 5; index += 1) {
      const raw = Buffer.alloc(32, 7);
      raw.writeUInt32BE(index);
      expect(fresh.readPublic(`0x${raw.toString('hex')}`)!.text).toBe(`0x${raw.toString('hex')}`);
    }
    expect((fresh as unknown as { known: { size: number } }).known.size).toBe(limits.public_key_cache_entries_max);
  });
});

describe('look-ups', () => {
  test('KEY-61 keys and ids are stored as keyed hashes that depend on the pepper alone', () => {
    const { publicKey } = somebody();
    const sameKey = (values: object) => new KeyInboxKeys(configOf(values)).readPublic(publicKey.text)!.mailbox.hash;
    expect(publicKey.mailbox.kind).toBe('key');
    expect(publicKey.mailbox.hash).toHaveLength(32);
    expect(publicKey.mailbox.hash.equals(publicKey.raw)).toBe(false);
    expect(sameKey({ KEYINBOX_NETWORK_SECRET: 'another-network-secret-0123456789abcdef' }).equals(publicKey.mailbox.hash)).toBe(true);
    expect(sameKey({ KEYINBOX_LOOKUP_PEPPER: 'another-pepper-0123456789abcdef0123456789' }).equals(publicKey.mailbox.hash)).toBe(false);
    expect(keys.storedId('0xSIDabc')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(keys.storedId('0xSIDabc')).not.toBe(keys.storedId('0xSIDabd'));
  });
});

describe('SkyID', () => {
  const clock = { now: () => 1_700_000_000_123 };

  test('KEY-30 prefix, second, microsecond, instance and 100 random bits', () => {
    const id = makeSkyId(clock, ids, 'Node7');
    expect(id).toMatch(/^0xSID6553f100[0-9a-f]{5}Node7[0-9a-v]{20}$/);
    const microsecond = Number.parseInt(id.slice(13, 18), 16);
    expect(Math.floor(microsecond / 1000)).toBe(123);
    expect(makeSkyId(clock, ids, 'Instance').length).toBeLessThanOrEqual(64);
  });

  test('KEY-30 the last microsecond of a second still fits', () => {
    const id = makeSkyId({ now: () => 1_700_000_000_999 }, { next: () => '1', bytes: (count) => Buffer.alloc(count, 0xff) }, '');
    expect(Number.parseInt(id.slice(13, 18), 16)).toBeLessThan(1_000_000);
    expect(id).toHaveLength(5 + 13 + 20);
  });

  test('KEY-30 every character of the tail is used, and no id comes twice', () => {
    const made = Array.from({ length: 2000 }, () => makeSkyId(clock, ids, ''));
    expect(new Set(made).size).toBe(2000);
    expect(new Set(made.flatMap((id) => [...id.slice(-20)])).size).toBe(32);
  });

  test('KEY-07 only letters and digits can be an id', () => {
    expect(isSkyIdShape('0xSID6553f1aZ9')).toBe(true);
    for (const text of ['', '0x-1', 'a b', 'a/b', 'ü', 'a.b', '%41', 'a\n']) expect(isSkyIdShape(text)).toBe(false);
  });
});

import { createDecipheriv, diffieHellman, hkdfSync, randomBytes } from 'node:crypto';
import { CryptoFailure } from '../../../src/crypto/crypto-failure.js';
import { SealedBox, WRAP_BYTES } from '../../../src/crypto/sealed-box.js';
import { SecretBox } from '../../../src/crypto/secret-box.js';
import { generateRawKeyPair, importPrivateKey, importPublicKey } from '../../../src/crypto/x25519.js';
import { type IdSource } from '../../../src/kernel/id-source.js';
import { limits } from '../../../src/kernel/limits.js';

const INFO = 'polypost/keyinbox/wrap/v1';
const ids: IdSource = { next: () => '1', bytes: (count) => randomBytes(count) };
const box = new SealedBox(ids);
const context = Buffer.from('row 7, revision 1');

async function scene(recipients = 2) {
  const people = Array.from({ length: recipients }, () => generateRawKeyPair());
  const sealed = await box.seal({
    parts: [
      { label: 'payload', clear: Buffer.from('the whole text') },
      { label: 'preview', clear: Buffer.from('the wh') },
    ],
    recipients: people.map((person) => person.publicKey),
    context,
    info: INFO,
  });
  const [payload, preview] = sealed.parts as [Buffer, Buffer];
  const parts = [
    { label: 'payload', sealed: payload },
    { label: 'preview', sealed: preview },
  ];
  const open = async (who: number, key = sealed.keys[who]!, from = context, what = parts) => {
    const clear = await box.opener(people[who]!.seed, people[who]!.publicKey, INFO).open(key, from, what);
    return clear.map((part) => part.toString());
  };
  return { people, sealed, payload, preview, parts, open };
}

describe('SealedBox', () => {
  test('KEY-60 every recipient opens every part, alone or together', async () => {
    const { open, sealed, parts } = await scene(5);
    for (let who = 0; who < 5; who += 1) expect(await open(who)).toEqual(['the whole text', 'the wh']);
    expect(await open(1, sealed.keys[1], context, parts.slice(1))).toEqual(['the wh']);
  });

  test('KEY-60 the wrap record is one X25519 exchange, HKDF-SHA256 and AES-256-GCM, and tells all that is needed but the key', async () => {
    const { people, sealed, payload } = await scene(1);
    const record = sealed.keys[0]!;
    expect(record).toHaveLength(WRAP_BYTES);
    const ephemeral = record.subarray(1, 33);
    const { seed, publicKey } = people[0]!;
    const shared = diffieHellman({ privateKey: importPrivateKey(seed, publicKey), publicKey: importPublicKey(ephemeral) });
    const wrapKey = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, publicKey]), INFO, 32));
    const gcm = (key: Buffer, aad: Buffer, bytes: Buffer) => {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAAD(aad).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    };
    const contentKey = gcm(wrapKey, Buffer.concat([Buffer.from('\x01key\0'), record.subarray(0, 33), context]), record.subarray(33));
    expect(contentKey).toHaveLength(32);
    const clear = gcm(contentKey, Buffer.concat([Buffer.from('\x01payload\0'), context]), payload.subarray(1));
    expect(clear.toString()).toBe('the whole text');
  });

  test('KEY-60 one ephemeral key a sealing, a new one each time; nothing repeats', async () => {
    const one = (await scene(2)).sealed;
    const two = (await scene(2)).sealed;
    expect(one.keys[0]!.subarray(1, 33).equals(one.keys[1]!.subarray(1, 33))).toBe(true);
    expect(one.keys[0]!.subarray(1, 33).equals(two.keys[0]!.subarray(1, 33))).toBe(false);
    const nonces = [...one.parts, ...two.parts].map((part) => part.subarray(1, 13).toString('hex'));
    nonces.push(...[...one.keys, ...two.keys].map((key) => key.subarray(33, 45).toString('hex')));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('KEY-60 any flipped bit of key record or ciphertext fails, whichever byte it is in', async () => {
    const { open, sealed, parts } = await scene(1);
    const flips = (bytes: Buffer) =>
      Array.from(bytes.keys(), (at) => {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 1 << (at % 8);
        return copy;
      });
    for (const key of flips(sealed.keys[0]!)) await expect(open(0, key)).rejects.toThrow(CryptoFailure);
    for (const index of [0, 1]) {
      for (const damaged of flips(parts[index]!.sealed)) {
        const with1 = parts.map((part, at) => (at === index ? { ...part, sealed: damaged } : part));
        await expect(open(0, sealed.keys[0], context, with1)).rejects.toThrow(CryptoFailure);
      }
    }
  });

  test('KEY-60 what was sealed for one place, part or person opens in no other', async () => {
    const { open, sealed, parts, people } = await scene(2);
    await expect(open(0, sealed.keys[0], Buffer.from('row 7, revision 2'))).rejects.toThrow(CryptoFailure);
    await expect(open(0, sealed.keys[1])).rejects.toThrow(CryptoFailure);
    const swapped = [{ ...parts[0]!, label: 'preview' }];
    await expect(open(0, sealed.keys[0], context, swapped)).rejects.toThrow(CryptoFailure);
    const stranger = generateRawKeyPair();
    await expect(box.opener(stranger.seed, stranger.publicKey, INFO).open(sealed.keys[0]!, context, parts)).rejects.toThrow(CryptoFailure);
    await expect(box.opener(people[0]!.seed, people[0]!.publicKey, 'another use').open(sealed.keys[0]!, context, parts)).rejects.toThrow(CryptoFailure);
  });

  test('cut or empty records are damage, not a crash', async () => {
    const { open, sealed, parts } = await scene(1);
    for (const key of [Buffer.alloc(0), sealed.keys[0]!.subarray(0, -1), Buffer.concat([sealed.keys[0]!, Buffer.from([0])])]) {
      await expect(open(0, key)).rejects.toThrow(CryptoFailure);
    }
    for (const short of [Buffer.alloc(0), Buffer.from([1]), parts[0]!.sealed.subarray(0, 20)]) {
      await expect(open(0, sealed.keys[0], context, [{ label: 'payload', sealed: short }])).rejects.toThrow(CryptoFailure);
    }
  });

  test('nothing is sealed to a key that no exchange can be made with', async () => {
    const request = { parts: [], recipients: [Buffer.alloc(32)], context, info: INFO };
    await expect(box.seal(request)).rejects.toThrow(CryptoFailure);
  });

  test('texts of every length come back as they were', async () => {
    const person = generateRawKeyPair();
    for (const length of [0, 1, 15, 16, 17, 65_536]) {
      const clear = randomBytes(length);
      const { parts, keys } = await box.seal({ parts: [{ label: 'p', clear }], recipients: [person.publicKey], context, info: INFO });
      const [opened] = await box.opener(person.seed, person.publicKey, INFO).open(keys[0]!, context, [{ label: 'p', sealed: parts[0]! }]);
      expect(opened!.equals(clear)).toBe(true);
    }
  });
});

describe('public keys that are kept ready', () => {
  const one = generateRawKeyPair();
  const seal = (recipients: readonly Buffer[]) => box.seal({ parts: [{ label: 'p', clear: Buffer.from('x') }], recipients, context, info: INFO });
  const kept = () => (box as unknown as { recipients: { size: number; keys(): Iterable<string> } }).recipients;

  test('are those of recipients, as many as the bound says, and sealing goes on beyond it', async () => {
    await seal([one.publicKey]);
    const others = Array.from({ length: limits.public_key_cache_entries_max + 10 }, () => generateRawKeyPair().publicKey);
    const { keys } = await seal(others);
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(others.length);
    expect(kept().size).toBe(limits.public_key_cache_entries_max);
    const known = new Set(others.map((key) => key.toString('latin1')));
    expect([...kept().keys()].every((name) => known.has(name))).toBe(true);
  });

  test('are no other than those imported anew: he opens what is sealed to him again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { parts, keys } = await seal([one.publicKey]);
      const [clear] = await box.opener(one.seed, one.publicKey, INFO).open(keys[0]!, context, [{ label: 'p', sealed: parts[0]! }]);
      expect(clear!.toString()).toBe('x');
    }
  });
});

describe('SecretBox', () => {
  const secret = new SecretBox(ids);
  const key = randomBytes(32);

  test('opens with the same key and context only', () => {
    const sealed = secret.seal(key, context, Buffer.from('small'));
    expect(secret.open(key, context, sealed).toString()).toBe('small');
    expect(() => secret.open(randomBytes(32), context, sealed)).toThrow(CryptoFailure);
    expect(() => secret.open(key, Buffer.from('elsewhere'), sealed)).toThrow(CryptoFailure);
    for (const at of sealed.keys()) {
      const copy = Buffer.from(sealed);
      copy[at]! ^= 0x10;
      expect(() => secret.open(key, context, copy)).toThrow(CryptoFailure);
    }
    expect(() => secret.open(key, context, Buffer.alloc(5))).toThrow(CryptoFailure);
  });
});

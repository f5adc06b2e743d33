import { randomBytes } from 'node:crypto';
import { type ReadableMessage } from '../../../../src/core/messaging/message.js';
import { CryptoFailure } from '../../../../src/crypto/crypto-failure.js';
import { SecretBox } from '../../../../src/crypto/secret-box.js';
import { cut, decodePayload, decodePreview, encodePayload, encodePreview, type MessageFacts, type MessagePayload } from '../../../../src/dialects/keyinbox/keyinbox.payload.js';
import { OnceKeeper } from '../../../../src/dialects/keyinbox/messages/once.js';
import { ids, keys, seal, somebody } from './support.js';

const ada = somebody();
const ben = somebody();
const facts: MessageFacts = {
  id: '0xSIDabc', digest: 'd'.repeat(64), from: ada.publicText, to: ben.publicText, subject: 'Plans \u0000', content: 'Meet 🦊 at noon.',
};
const payload: MessagePayload = { ...facts, net: { ip: '192.0.2.7', userAgent: 'curl' } };

async function stored(revision = 1, sender = ada.publicKey as typeof ada.publicKey | null) {
  const storedId = keys.storedId(payload.id);
  const { content, recipientKey } = await seal.sealMessage(payload, { storedId, recipient: ben.publicKey, revision }, sender);
  const row = (key: Buffer | null): ReadableMessage => ({
    id: '1', wireId: storedId, preview: content.preview!, key, revision, createdAt: new Date(0), editedAt: null,
    subject: '', body: content.body, algorithm: content.algorithm!, details: {},
  });
  return { content, forReceiver: row(recipientKey), forSender: row(content.senderKey ?? null) };
}

describe('previews', () => {
  test.each([
    ['a pangram', 'The quick brown fox jumps over the lazy dog', 'The quick brown fox jumps over'],
    ['31 foxes', '\u{1F98A}'.repeat(31), '\u{1F98A}'.repeat(30)],
    ['a letter before the cut', `${'a'.repeat(29)}éz`, `${'a'.repeat(29)}é`],
    ['31 letters and an é', `${'a'.repeat(31)}é`, 'a'.repeat(30)],
    ['exactly 30', 'b'.repeat(30), 'b'.repeat(30)],
    ['blanks, which stay', `  ${'c'.repeat(40)}`, `  ${'c'.repeat(28)}`],
    ['30 foxes, which are 60 units', '\u{1F98A}'.repeat(30), '\u{1F98A}'.repeat(30)],
    ['a short text', 'Hi', 'Hi'],
    ['nothing', '', ''],
  ])('KEY-35 the first 30 code points of %s', (_what, text, short) => {
    expect(cut(text)).toBe(short);
    expect(cut(text).isWellFormed()).toBe(true);
  });
});

describe('payload', () => {
  test('KEY-23 every text comes back byte for byte', () => {
    for (const text of ['', '\u0000', 'ü\u0308', '\u{1F98A}'.repeat(1000), '"\\\r\n', '\uFEFFbom']) {
      const whole = { ...payload, subject: text, content: `${text}${text}` };
      expect(decodePayload(encodePayload(whole))).toEqual(whole);
    }
    expect(decodePayload(encodePayload({ ...payload, from: null, net: null }))).toEqual({ ...payload, from: null, net: null });
  });

  test('the preview holds the cut texts and what identifies the message', () => {
    expect(decodePreview(encodePreview({ ...payload, content: 'x'.repeat(50) }))).toEqual({ ...facts, content: 'x'.repeat(30) });
  });

  test('bytes of no known form are damage', () => {
    expect(() => decodePayload(Buffer.alloc(3))).toThrow(CryptoFailure);
    const later = encodePayload(payload);
    later[0] = 2;
    expect(() => decodePayload(later)).toThrow(CryptoFailure);
  });
});

describe('sealed messages', () => {
  test('KEY-60 receiver and sender open the same message, others do not', async () => {
    const { forReceiver, forSender } = await stored();
    expect(await seal.reader(ben.privateKey).message(forReceiver)).toEqual(payload);
    expect(await seal.reader(ada.privateKey).message(forSender)).toEqual(payload);
    expect(await seal.reader(ada.privateKey).preview(forSender)).toEqual(facts);
    await expect(seal.reader(somebody().privateKey).message(forReceiver)).rejects.toThrow(CryptoFailure);
    await expect(seal.reader(ada.privateKey).message(forReceiver)).rejects.toThrow(CryptoFailure);
  });

  test('KEY-60 an anonymous message has no key but the receiver\'s', async () => {
    const { content } = await stored(1, null);
    expect(content.senderKey).toBeNull();
    expect(content.kind).toBe('sealed');
    expect(content.subject ?? '').toBe('');
  });

  test('KEY-60 a flipped byte in any sealed column fails, as does another row or revision', async () => {
    const reader = seal.reader(ben.privateKey);
    const { forReceiver } = await stored(2);
    for (const column of ['body', 'preview', 'key'] as const) {
      const bytes = forReceiver[column]!;
      for (const at of bytes.keys()) {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= 0x20;
        const row = { ...forReceiver, [column]: damaged };
        await expect(reader.message(row)).rejects.toThrow(CryptoFailure);
        if (column !== 'body') await expect(reader.preview(row)).rejects.toThrow(CryptoFailure);
      }
    }
    await expect(reader.message({ ...forReceiver, revision: 1 })).rejects.toThrow(CryptoFailure);
    await expect(reader.message({ ...forReceiver, wireId: keys.storedId('0xSIDabd') })).rejects.toThrow(CryptoFailure);
    await expect(reader.message({ ...forReceiver, algorithm: 'another' })).rejects.toThrow(CryptoFailure);
    await expect(reader.message({ ...forReceiver, key: null })).rejects.toThrow(CryptoFailure);
    expect(await reader.message(forReceiver)).toEqual(payload);
  });

  test('KEY-60 parts of two messages cannot be put together', async () => {
    const one = (await stored()).forReceiver;
    const two = (await stored()).forReceiver;
    await expect(seal.reader(ben.privateKey).message({ ...one, body: two.body })).rejects.toThrow(CryptoFailure);
    await expect(seal.reader(ben.privateKey).preview({ ...one, preview: two.preview })).rejects.toThrow(CryptoFailure);
  });
});

describe('sealed contracts', () => {
  const contract = { id: '0xSIDdef', message: 'Authorize', issuer: ada.publicText, signer: ben.publicText };
  const wireId = keys.storedId(contract.id);

  test('KEY-70 both parties open it, in their own role only', async () => {
    const { body, issuerKey, signerKey } = await seal.sealContract(contract, wireId, ada.publicKey, ben.publicKey);
    expect(await seal.reader(ada.privateKey).contract({ wireId, body, key: issuerKey, party: 'issuer' })).toEqual(contract);
    expect(await seal.reader(ben.privateKey).contract({ wireId, body, key: signerKey, party: 'signer' })).toEqual(contract);
    await expect(seal.reader(ben.privateKey).contract({ wireId, body, key: signerKey, party: 'issuer' })).rejects.toThrow(CryptoFailure);
    await expect(seal.reader(ben.privateKey).contract({ wireId: keys.storedId('x'), body, key: signerKey, party: 'signer' })).rejects.toThrow(CryptoFailure);
    const damaged = Buffer.from(body);
    damaged[20]! ^= 1;
    await expect(seal.reader(ben.privateKey).contract({ wireId, body: damaged, key: signerKey, party: 'signer' })).rejects.toThrow(CryptoFailure);
  });
});

describe('repeated sends', () => {
  const keeper = new OnceKeeper(keys, new SecretBox(ids));
  const request = { sender: ada.privateKey, recipient: ben.publicKey, text: { subject: 's', content: 'c' } };
  const answer = { id: '0xSIDabc', length: 77 };

  test('the same request has the same key and digest and opens the kept answer', () => {
    const first = keeper.for('k1', request).command(answer);
    const again = keeper.for('k1', request);
    expect(again.command(answer).key).toBe(first.key);
    expect(again.command(answer).digest.equals(first.digest)).toBe(true);
    expect(again.firstAnswer(first.result)).toEqual(answer);
    expect(first).toMatchObject({ scope: 'keyinbox', lifetimeSeconds: 86_400 });
  });

  test('other content under the same key has another digest, and cannot open the answer', () => {
    const first = keeper.for('k1', request).command(answer);
    const others = [
      { ...request, text: { subject: 's', content: 'd' } },
      { ...request, text: { subject: 'c', content: 's' } },
      { ...request, recipient: somebody().publicKey },
    ];
    for (const other of others) {
      const once = keeper.for('k1', other);
      expect(once.command(answer).key).toBe(first.key);
      expect(once.command(answer).digest.equals(first.digest)).toBe(false);
      expect(() => once.firstAnswer(first.result)).toThrow(CryptoFailure);
    }
    expect(() => keeper.for('k1', request).firstAnswer(null)).toThrow(CryptoFailure);
  });

  test('what the store has and the settings together do not open the kept answer', () => {
    const { result, digest, key } = keeper.for('k1', request).command(answer);
    const guesses = ['key', 'digest', 'result'].flatMap((use) => {
      const domain = `polypost/keyinbox/once-${use}/v1`;
      return [keys.lookupHash(domain), keys.lookupHash(domain, 'k1'), keys.lookupHash(domain, key), keys.lookupHash(domain, digest)];
    });
    for (const guess of [...guesses, digest]) expect(() => new SecretBox(ids).open(guess, digest, result!)).toThrow(CryptoFailure);
  });

  test('each sender, and for anonymous sends each recipient, has keys of his own', () => {
    const keyOf = (header: string, more: object) => keeper.for(header, { ...request, ...more }).command(answer).key;
    const anonymous = { sender: null };
    const all = [
      keyOf('header-one', {}), keyOf('header-two', {}), keyOf('header-one', { sender: somebody().privateKey }),
      keyOf('header-one', anonymous), keyOf('header-one', { ...anonymous, recipient: somebody().publicKey }),
      // the recipient of one is the sender of the other
      keyOf('header-one', { sender: ben.privateKey, recipient: ada.publicKey }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.join()).not.toContain('header-one');
  });

  test('a stored digest of an identified send cannot be guessed from the settings and the text', () => {
    const mine = keeper.for('k1', request).command(answer).digest;
    const forged = { ...ada.privateKey, seed: randomBytes(32) };
    expect(keeper.for('k1', { ...request, sender: forged }).command(answer).digest.equals(mine)).toBe(false);
  });
});

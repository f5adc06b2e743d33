import { publicKeyPem } from '@polypost/envelope/codec';
import { type InnerPart, openMessage, sealMessage, signMessage, verifyMessage } from '@polypost/envelope';
import * as testing from '@polypost/envelope/testing';
import { type Message, type PrivateKey } from '@polypost/envelope';
import { freshKey, node, vectorKey } from './support.js';

const HPKE = 'HPKE-X25519+A256GCM';
const RSA = 'RSA-OAEP-256+A256GCM';
const LEGACY = 'RSA-OAEP+A256CBC-HS512';
const ADDRESS = { id: 'one', user_id: 'b0b' };
const DRAFT = { from: 'alice@a.example', data_type: 1, data: 'Hi Bob', date: '2026-11-20T10:00:00.000Z' };
const code = (word: string) => expect.objectContaining({ code: word });

let alice: PrivateKey, bob: PrivateKey, eve: PrivateKey, rsaSender: PrivateKey, rsaUser: PrivateKey;
beforeAll(async () => {
  [alice, bob, eve] = [await freshKey('ed25519'), await freshKey('x25519'), await freshKey('x25519')];
  [rsaSender, rsaUser] = [await vectorKey('sender-rsa-2048'), await vectorKey('user-rsa-2048')];
});

const toBob = () => ({ address: ADDRESS, recipient: bob.publicKey, algorithm: HPKE }) as const;
async function part(message: Message, to = bob, address = ADDRESS): Promise<InnerPart> {
  return { ...address, ...(await sealMessage(message, address, to.publicKey, HPKE)) };
}

describe('ENV-04 ENV-31 a Message', () => {
  it('ENV-06 opens to what was signed, members nobody knows included', async () => {
    const message = await signMessage({ ...DRAFT, data: { deep: [1, null] }, later: { more: true } }, alice, toBob());
    const opened = await openMessage(await part(message), bob);
    expect(opened.message).toEqual(message);
    expect(opened.message).toMatchObject({ later: { more: true }, key: publicKeyPem(alice.publicKey) });
    expect(opened.senderFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(opened.plaintext).toHaveLength(512);
  });

  it('ENV-04 ENV-14 needs members of the right types before it is signed', async () => {
    for (const wrong of [{ data_type: -1 }, { data_type: 1.5 }, { data_type: 2 ** 31 }, { date: 'today' }, { from: 7 }]) {
      await expect(signMessage({ ...DRAFT, ...wrong } as never, alice, toBob())).rejects.toEqual(code('malformed_message'));
    }
    for (const good of [{ data_type: 0 }, { data_type: 2 ** 31 - 1 }, { data: null }]) await signMessage({ ...DRAFT, ...good }, alice, toBob());
    await expect(signMessage({ data_type: 1, date: DRAFT.date } as never, alice, toBob())).rejects.toEqual(code('malformed_message'));
  });

  it('ENV-35 is not signed with numbers or strings that others read in another way', async () => {
    for (const data of [2 ** 53, -(2 ** 53), 1e300, Number.NaN, '\ud800', { '\udfff': 1 }, undefined]) {
      await expect(signMessage({ ...DRAFT, data }, alice, toBob())).rejects.toThrow(TypeError);
    }
    for (const data of [2 ** 53 - 1, -(2 ** 53 - 1), 0.1, 1e-7]) expect((await openMessage(await part(await signMessage({ ...DRAFT, data }, alice, toBob())), bob)).message.data).toBe(data);
  });

  it('ENV-29 ENV-117 has 512 KiB of text at most', async () => {
    const message = await signMessage({ ...DRAFT, data: '' }, alice, toBob());
    const room = 512 * 1024 - testing.messageText(message).length;
    const full = await signMessage({ ...DRAFT, data: 'x'.repeat(room) }, alice, toBob());
    expect((await openMessage(await part(full), bob)).message.data).toHaveLength(room);
    const over = await signMessage({ ...DRAFT, data: 'x'.repeat(room + 1) }, alice, toBob());
    await expect(part(over)).rejects.toEqual(code('malformed_message'));
    const forced = await testing.sealLayer(node, (await import('@polypost/envelope/codec')).suiteOf(HPKE), bob.publicKey, testing.innerContext(HPKE, ADDRESS), new TextEncoder().encode(testing.messageText(over)));
    await expect(openMessage({ ...ADDRESS, ...forced }, bob)).rejects.toEqual(code('malformed_message'));
  });
});

describe('ENV-28 ENV-33 a Message belongs to its Packet', () => {
  it('T2 does not open under another id, nor for another user', async () => {
    const sealed = await part(await signMessage(DRAFT, alice, toBob()));
    await expect(openMessage({ ...sealed, id: 'two' }, bob)).rejects.toEqual(code('undecryptable'));
    await expect(openMessage({ ...sealed, user_id: 'mallory' }, bob)).rejects.toEqual(code('undecryptable'));
    await expect(openMessage({ ...sealed, algorithm: RSA }, bob)).rejects.toEqual(code('undecryptable'));
    await expect(openMessage({ ...sealed, algorithm: '__proto__' }, bob)).rejects.toEqual(code('unknown_algorithm'));
  });

  it('T3 sealed again by the recipient for somebody else, it does not verify', async () => {
    const message = await signMessage(DRAFT, alice, toBob());
    await expect(openMessage(await part(message, eve), eve)).rejects.toEqual(code('bad_signature'));
    await expect(openMessage(await part(message, bob, { id: 'two', user_id: 'b0b' }), bob)).rejects.toEqual(code('bad_signature'));
  });

  it('T16 is the one text that says it', async () => {
    const text = testing.messageText(await signMessage(DRAFT, alice, toBob()));
    const seal = async (plaintext: string): Promise<InnerPart> => ({ ...ADDRESS, ...(await testing.sealLayer(node, (await import('@polypost/envelope/codec')).suiteOf(HPKE), bob.publicKey, testing.innerContext(HPKE, ADDRESS), new TextEncoder().encode(plaintext))) });
    await openMessage(await seal(`${text}   `), bob);
    for (const other of [text.replace('"data_type":1', '"data_type":1.0'), text.replace('{', '{"data":1,'), ` ${text}`, `${text}\n`, text.replace('Hi', '\\u0048i')]) {
      await expect(openMessage(await seal(other), bob)).rejects.toEqual(code('malformed_message'));
    }
  });
});

describe('ENV-32 ENV-34 signatures', () => {
  it('are made and checked by kind of key and inner suite, never by trial', async () => {
    const schemes = { [RSA]: 'PS256', [LEGACY]: 'RS256' } as const;
    for (const algorithm of [RSA, LEGACY] as const) {
      const context = { address: ADDRESS, recipient: rsaUser.publicKey, algorithm };
      const message = await signMessage(DRAFT, rsaSender, context);
      expect((await verifyMessage(message, context)).type).toBe('rsa');
      const input = testing.signatureInput(message, ADDRESS, await testing.fingerprintOf(node, rsaUser.publicKey));
      expect(node.verify(rsaSender.publicKey, schemes[algorithm], input, Uint8Array.from(Buffer.from(message.signature, 'base64')))).toBe(true);
      await expect(verifyMessage(message, { ...context, algorithm: algorithm === RSA ? LEGACY : RSA })).rejects.toEqual(code('bad_signature'));
    }
  });

  it('are not made with a key that seals only', async () => {
    await expect(signMessage(DRAFT, bob, toBob())).rejects.toEqual(code('unsupported_key'));
  });

  it('ENV-34 cover every member', async () => {
    const message = await signMessage(DRAFT, alice, toBob());
    for (const change of [{ from: 'eve@a.example' }, { data_type: 2 }, { data: 'Hi' }, { date: '2026-11-20T10:00:00.001Z' }, { more: 1 }, { signature: Buffer.alloc(64).toString('base64') }]) {
      await expect(openMessage(await part({ ...message, ...change }), bob)).rejects.toEqual(code('bad_signature'));
    }
  });

  it('ENV-40 T15 of weak keys are refused before anything is verified', async () => {
    const message = await signMessage(DRAFT, alice, toBob());
    const signature = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]).toString('base64');
    for (const point of testing.smallOrderEncodings('ed25519')) {
      const key = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), point]).toString('base64');
      await expect(openMessage(await part({ ...message, key, signature }), bob)).rejects.toEqual(code('unsupported_key'));
    }
  });
});

it('ENV-82 old keys open what was sealed before a rotation', async () => {
  const sealed = await part(await signMessage(DRAFT, alice, toBob()));
  expect((await openMessage(sealed, eve, bob)).message.data).toBe('Hi Bob');
  const kid = await testing.fingerprintOf(node, bob.publicKey);
  expect((await openMessage({ ...sealed, kid }, rsaUser, eve, bob)).message.data).toBe('Hi Bob');
  await expect(openMessage(sealed, eve, rsaUser)).rejects.toEqual(code('undecryptable'));
  await expect(openMessage(sealed)).rejects.toEqual(code('undecryptable'));
});

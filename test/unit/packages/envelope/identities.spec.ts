import { createSdk, currentEncryptionKey, exportIdentity, fingerprint, generateIdentity, identityFromFile, identityToFile, importIdentity, privateKeyPem, scrypt, sdk } from '@polypost/envelope';
import * as browser from '@polypost/envelope/browser';
import { createPrivateKey, createPublicKey, scryptSync } from 'node:crypto';
import { node } from './support.js';

describe('ENV-39 ENV-74 ENV-94 identities', () => {
  it('have one key to sign and another to open, RSA ones too', async () => {
    const curve = await generateIdentity();
    expect([curve.identity.type, currentEncryptionKey(curve).type]).toEqual(['ed25519', 'x25519']);
    const rsa = await generateIdentity('rsa-3072');
    expect([rsa.identity.publicKey.bits, currentEncryptionKey(rsa).publicKey.bits]).toEqual([3072, 3072]);
    expect(await fingerprint(rsa.identity.publicKey)).not.toBe(await fingerprint(currentEncryptionKey(rsa).publicKey));
    for (const key of [curve.identity, currentEncryptionKey(curve), rsa.identity]) {
      const native = createPublicKey(createPrivateKey(privateKeyPem(key))).export({ format: 'der', type: 'spki' });
      expect(Buffer.from(key.publicKey.spki).equals(native)).toBe(true);
    }
  }, 60_000);

  it('are written and read again', async () => {
    const identity = await generateIdentity();
    expect(await identityFromFile(node, identityToFile(identity))).toEqual(identity);
    const file = identityToFile(identity);
    for (const wrong of [null, {}, { ...file, format: 'x' }, { ...file, encryption: [] }, { ...file, identity: file.encryption[0] }, { ...file, encryption: [file.identity] }, { ...file, identity: 'x' }]) {
      await expect(identityFromFile(node, wrong)).rejects.toEqual(expect.objectContaining({ code: 'unsupported_key' }));
    }
  });

  it('ENV-94 are exported under a passphrase with scrypt and AES-256-GCM', async () => {
    const identity = await generateIdentity();
    const file = await exportIdentity(identity, 'passphrase');
    expect(file).toMatchObject({ format: 'polypost-envelope-export/1', kdf: { name: 'scrypt', n: 131072, r: 8, p: 1 } });
    expect(JSON.stringify(file)).not.toContain(identityToFile(identity).identity.split('\n')[1]);
    expect(await importIdentity(JSON.parse(JSON.stringify(file)), 'passphrase')).toEqual(identity);
    const failed = expect.objectContaining({ name: 'ExportError' });
    await expect(importIdentity(file, 'Passphrase')).rejects.toEqual(failed);
    const wrong = [{ ...file, data: `A${file.data.slice(1)}` }, { ...file, kdf: { ...file.kdf, n: 2 ** 16 } }, { ...file, kdf: { ...file.kdf, n: 2 ** 30 } }, { ...file, kdf: { ...file.kdf, n: 3 } }, { ...file, kdf: { ...file.kdf, salt: '!' } }, {}, null, 'x'];
    for (const value of wrong) await expect(importIdentity(value, 'passphrase')).rejects.toEqual(failed);
    const again = await exportIdentity(identity, 'passphrase');
    expect([again.data === file.data, again.kdf.salt === file.kdf.salt]).toEqual([false, false]);
  }, 60_000);

  it('ENV-94 use the scrypt of RFC 7914, in one form of Unicode', async () => {
    const key = await scrypt(new TextEncoder().encode('pleaseletmein'), new TextEncoder().encode('SodiumChloride'), 16384, 8, 1, 64);
    expect(Buffer.from(key).toString('hex').startsWith('7023bdcb3afd7348461c06cd81fd38eb')).toBe(true);
    expect(Buffer.from(key).equals(scryptSync('pleaseletmein', 'SodiumChloride', 64, { N: 16384 }))).toBe(true);
    const identity = await generateIdentity();
    expect(await importIdentity(await exportIdentity(identity, 'u\u0308'), '\u00fc')).toEqual(identity);
  }, 60_000);
});

describe('ENV-94 ENV-97 the two entries', () => {
  it('offer the same functions, bound to their back ends', () => {
    expect([sdk.backend.name, browser.sdk.backend.name]).toEqual(['node', 'web']);
    expect(Object.keys(browser.sdk)).toEqual(Object.keys(sdk));
    expect(Object.keys(createSdk(node, scrypt))).toEqual(Object.keys(sdk));
    for (const name of ['generateIdentity', 'signMessage', 'sealMessage', 'sealPacket', 'openPacket', 'openMessage', 'verifyMessage', 'createClient', 'Contacts'] as const) expect(typeof browser[name]).toBe('function');
  });

  it('ENV-94 take no content key, seed or salt: those belong to the testing entry', () => {
    expect([sdk.sealMessage.length, sdk.signMessage.length, sdk.openMessage.length]).toEqual([4, 3, 1]);
    expect(Object.keys(sdk)).not.toContain('sealLayer');
  });

  it('ENV-94 say what they lack', async () => {
    await expect(browser.sdk.exportIdentity(await generateIdentity(), 'x')).rejects.toThrow('scrypt');
  });
});

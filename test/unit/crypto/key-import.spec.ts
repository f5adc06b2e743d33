import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { importPem, importPkcs12, KeyImportError, type KeyImportFault } from '../../../src/crypto/key-import.js';

const PASSPHRASE = 'correct horse';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
const forgeKey = forge.pki.privateKeyFromPem(pkcs1);
const certificate = selfSigned(rsa);

function selfSigned(pair: { privateKey: KeyObject; publicKey: KeyObject }): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  made.serialNumber = '01';
  made.validity.notBefore = new Date('2025-01-01');
  made.validity.notAfter = new Date('2035-01-01');
  made.setSubject([{ name: 'commonName', value: 'post.example' }]);
  made.setIssuer([{ name: 'commonName', value: 'post.example' }]);
  made.sign(forge.pki.privateKeyFromPem(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string), forge.md.sha256.create());
  return made;
}

function p12(options: { algorithm?: 'aes256' | '3des'; passphrase?: string; chain?: forge.pki.Certificate[]; key?: forge.pki.rsa.PrivateKey | null } = {}): Buffer {
  const { algorithm = 'aes256', passphrase = PASSPHRASE, chain = [certificate], key = forgeKey } = options;
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, chain, passphrase, { algorithm });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

/** @returns whether this is the private half of the pair */
function isOurs(key: KeyObject): boolean {
  return createPublicKey(key).equals(rsa.publicKey);
}

function faultOf(work: () => unknown): KeyImportFault | 'none' {
  try {
    work();
    return 'none';
  } catch (error) {
    if (!(error instanceof KeyImportError)) throw error;
    expect(error.message).not.toContain(PASSPHRASE);
    return error.fault;
  }
}

describe('importPem', () => {
  test.each([
    ['PKCS#1', pkcs1, undefined],
    ['PKCS#8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, undefined],
    ['PKCS#1 under AES', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }) as string, PASSPHRASE],
    ['PKCS#8 under AES', rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }) as string, PASSPHRASE],
    ['PKCS#8 under 3DES', forge.pki.encryptRsaPrivateKey(forgeKey, PASSPHRASE, { algorithm: '3des' }), PASSPHRASE],
    ['PKCS#1 under single DES, which OpenSSL 3 has left out', forge.pki.encryptRsaPrivateKey(forgeKey, PASSPHRASE, { algorithm: 'des' as never, legacy: true }), PASSPHRASE],
  ])('reads %s', (_form, text, passphrase) => {
    const imported = importPem(text, passphrase);
    expect(isOurs(imported.privateKey)).toBe(true);
    expect(imported.certificate).toBeNull();
  });

  test('reads keys of elliptic curves', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const type of ['sec1', 'pkcs8'] as const) {
      const { privateKey } = importPem(ec.privateKey.export({ type, format: 'pem' }) as string);
      expect(createPublicKey(privateKey).equals(ec.publicKey)).toBe(true);
    }
  });

  test('takes the certificate of the key and keeps the others as its chain', () => {
    const text = [forge.pki.certificateToPem(selfSigned(other)), pkcs1, forge.pki.certificateToPem(certificate)].join('\n');
    const imported = importPem(text);
    expect(imported.certificate?.subject).toBe('CN=post.example');
    expect(imported.certificate?.checkPrivateKey(imported.privateKey)).toBe(true);
    expect(imported.chain).toHaveLength(1);
  });

  test('says what is wrong', () => {
    const encrypted = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }) as string;
    expect(faultOf(() => importPem('no key at all'))).toBe('not_recognised');
    expect(faultOf(() => importPem(pkcs1.replace(/[A-Za-z0-9+/]{60}\n/, '\n')))).toBe('not_recognised');
    expect(faultOf(() => importPem(forge.pki.certificateToPem(certificate)))).toBe('no_private_key');
    expect(faultOf(() => importPem(encrypted))).toBe('passphrase_missing');
    expect(faultOf(() => importPem(encrypted, 'wrong'))).toBe('wrong_passphrase');
    expect(faultOf(() => importPem(pkcs1 + forge.pki.certificateToPem(selfSigned(other))))).toBe('certificate_mismatch');
  });
});

describe('importPkcs12', () => {
  test.each(['aes256', '3des'] as const)('reads a file under %s', (algorithm) => {
    const imported = importPkcs12(p12({ algorithm }), PASSPHRASE);
    expect(isOurs(imported.privateKey)).toBe(true);
    expect(imported.certificate?.checkPrivateKey(imported.privateKey)).toBe(true);
    expect(imported.chain).toHaveLength(0);
  });

  test('takes an empty passphrase and keeps the chain', () => {
    const imported = importPkcs12(p12({ passphrase: '', chain: [certificate, selfSigned(other)] }));
    expect(isOurs(imported.privateKey)).toBe(true);
    expect(imported.chain).toHaveLength(1);
  });

  test('says what is wrong', () => {
    expect(faultOf(() => importPkcs12(p12(), 'wrong'))).toBe('wrong_passphrase');
    expect(faultOf(() => importPkcs12(Buffer.from('no key at all')))).toBe('not_recognised');
    expect(faultOf(() => importPkcs12(p12().subarray(0, 400), PASSPHRASE))).toBe('not_recognised');
    expect(faultOf(() => importPkcs12(p12({ key: null }), PASSPHRASE))).toBe('no_private_key');
    expect(faultOf(() => importPkcs12(p12({ chain: [selfSigned(other)] }), PASSPHRASE))).toBe('certificate_mismatch');
  });
});

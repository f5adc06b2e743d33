import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

/** Why a key file could not be read. */
export type KeyImportFault =
  | 'not_recognised'
  | 'passphrase_missing'
  | 'wrong_passphrase'
  | 'no_private_key'
  | 'certificate_mismatch';

const SENTENCES: Record<KeyImportFault, string> = {
  not_recognised: 'the file is not a private key in PEM or PKCS#12 form, or it is damaged',
  passphrase_missing: 'the private key is encrypted and no passphrase was given',
  wrong_passphrase: 'the passphrase does not fit the file',
  no_private_key: 'the file holds no private key',
  certificate_mismatch: 'the certificate does not belong to the private key',
};

/** A key file that cannot be used. The message is fit to be shown: it holds nothing of the file. */
export class KeyImportError extends Error {
  override readonly name = 'KeyImportError';

  constructor(readonly fault: KeyImportFault) {
    super(SENTENCES[fault]);
  }
}

/** What a key file held. */
export interface ImportedKey {
  readonly privateKey: KeyObject;
  /** the certificate of the private key, where the file had one */
  readonly certificate: X509Certificate | null;
  /** the other certificates, in the order of the file */
  readonly chain: readonly X509Certificate[];
}

const PRIVATE_PEM = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[^]+?-----END \1-----/;
const CERTIFICATE_PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads a private key and its certificates from PEM text: PKCS#1, SEC1 or PKCS#8, encrypted or not.
 *
 * @param text the file; several PEM blocks in any order
 * @param passphrase for an encrypted private key
 * @throws KeyImportError
 */
export function importPem(text: string, passphrase?: string): ImportedKey {
  const block = PRIVATE_PEM.exec(text)?.[0];
  const certificates = (text.match(CERTIFICATE_PEM) ?? []).map(readCertificate);
  if (block === undefined) throw new KeyImportError(certificates.length > 0 ? 'no_private_key' : 'not_recognised');
  return arrange(pemPrivateKey(block, passphrase), certificates);
}

/**
 * Reads a private key and its certificates from a PKCS#12 file (`.p12`, `.pfx`), old or new ciphers.
 *
 * @param file the bytes of the file
 * @param passphrase may be empty
 * @throws KeyImportError
 */
export function importPkcs12(file: Buffer, passphrase = ''): ImportedKey {
  const bags = openPkcs12(file, passphrase);
  const keyBag = bags.find((bag) => bag.type === forge.pki.oids.pkcs8ShroudedKeyBag || bag.type === forge.pki.oids.keyBag);
  if (keyBag === undefined) throw new KeyImportError('no_private_key');
  const certificates = bags.filter((bag) => bag.type === forge.pki.oids.certBag).map(certificateOfBag);
  return arrange(keyOfBag(keyBag), certificates);
}

function pemPrivateKey(block: string, passphrase: string | undefined): KeyObject {
  const encrypted = block.includes('ENCRYPTED');
  if (encrypted && passphrase === undefined) throw new KeyImportError('passphrase_missing');
  try {
    return createPrivateKey(passphrase === undefined ? { key: block } : { key: block, passphrase });
  } catch {
    if (!encrypted || passphrase === undefined) throw new KeyImportError('not_recognised');
    return retiredCipherKey(block, passphrase);
  }
}

/** OpenSSL 3 leaves out the ciphers of older days (single DES, RC2); node-forge still reads them. */
function retiredCipherKey(block: string, passphrase: string): KeyObject {
  let key: forge.pki.rsa.PrivateKey | null;
  try {
    // forge answers null for a padding that does not fit, which is what a wrong passphrase gives
    key = forge.pki.decryptRsaPrivateKey(block, passphrase);
  } catch {
    key = null;
  }
  if (key === null) throw new KeyImportError('wrong_passphrase');
  return createPrivateKey(forge.pki.privateKeyToPem(key));
}

function openPkcs12(file: Buffer, passphrase: string): forge.pkcs12.Bag[] {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(forge.util.createBuffer(file.toString('latin1')));
  } catch {
    throw new KeyImportError('not_recognised');
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, false, passphrase).safeContents.flatMap((content) => content.safeBags);
  } catch (error) {
    // the faults that another passphrase can heal
    const text = error instanceof Error ? error.message : '';
    throw new KeyImportError(/MAC could not be verified|wrong password|Failed to decrypt/.test(text) ? 'wrong_passphrase' : 'not_recognised');
  }
}

/** Keys that forge does not know (elliptic curves) are left in the bag as ASN.1; Node reads both. */
function keyOfBag(bag: forge.pkcs12.Bag): KeyObject {
  const asn1 = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  try {
    return createPrivateKey({ key: derOf(asn1), format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyImportError('not_recognised');
  }
}

function certificateOfBag(bag: forge.pkcs12.Bag): X509Certificate {
  return readCertificate(derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));
}

function readCertificate(source: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(source);
  } catch {
    throw new KeyImportError('not_recognised');
  }
}

function derOf(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

function arrange(privateKey: KeyObject, certificates: readonly X509Certificate[]): ImportedKey {
  if (certificates.length === 0) return { privateKey, certificate: null, chain: [] };
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(privateKey));
  if (certificate === undefined) throw new KeyImportError('certificate_mismatch');
  return { privateKey, certificate, chain: certificates.filter((other) => other !== certificate) };
}

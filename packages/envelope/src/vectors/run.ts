import { readdir } from 'node:fs/promises';
import { decodeBase64, encodeBase64 } from '../base/base64.js';
import { type Bytes, encodeUtf8, equalBytes, fromHex, toHex } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { canonicalize } from '../base/jcs.js';
import { stripPadding } from '../base/json.js';
import { type Backend } from '../backend/backend.js';
import { parsePrivateKey, type PrivateKey } from '../keys/private-key.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { innerContext, type Message, type PacketAddress, signatureInput } from '../inner/message.js';
import { openMessage } from '../inner/open.js';
import { openPacket } from '../outer/seal.js';
import { type Packet } from '../outer/packet.js';
import { outerContext } from '../suites/context.js';
import { type LayerInputs, sealLayer } from '../suites/layer.js';
import { messageSignature, suiteOf } from '../suites/registry.js';
import { type Expectation, readJson, type Vector, type VectorFile, VectorFormatError, type VectorKeys, type VectorLayer } from './format.js';

/** What became of one vector. */
export interface VectorResult {
  readonly name: string;
  /** whether all came out as the vector expects */
  readonly ok: boolean;
  /** what came out: where it failed and how; null when it opened */
  readonly stage: 'outer' | 'inner' | null;
  readonly code: string | null;
  /** with `unknown_algorithm`: the layer */
  readonly layer?: string;
  /** what differs, when it is not ok */
  readonly detail?: string;
}

/** Back ends of a run. */
export interface RunOptions {
  /** opens */
  readonly backend: Backend;
  /** seals again; takes the seed of OAEP and the salt of PSS */
  readonly sealer: Backend;
}

/**
 * Runs all vectors of a folder, file by file in the order of names.
 *
 * @throws VectorFormatError when the folder has none
 */
export async function* runVectors(folder: string, options: RunOptions): AsyncGenerator<VectorResult> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  let count = 0;
  for (const name of names) {
    const file = await readJson<VectorFile>(folder, name, 'polypost-envelope-vectors/1');
    if (file === undefined) continue;
    const keys = await readKeys(folder, file.keys, options.backend);
    for (const vector of file.vectors) {
      count += 1;
      yield await runVector(vector, keys, options);
    }
  }
  if (count === 0) throw new VectorFormatError('the folder holds no test vectors');
}

const PACKET_MEMBERS = ['id', 'user_id', 'token', 'data', 'algorithm', 'password', 'kid'];

type Keys = (name: string) => Promise<PrivateKey>;

async function readKeys(folder: string, name: string, backend: Backend): Promise<Keys> {
  const file = await readJson<VectorKeys>(folder, name, 'polypost-envelope-keys/1');
  if (file === undefined) throw new VectorFormatError(`${name} is no file of keys`);
  const read = new Map<string, Promise<PrivateKey>>();
  return (wanted) => {
    const pem = Object.hasOwn(file.keys, wanted) ? file.keys[wanted]?.private_pem : undefined;
    if (pem === undefined) throw new VectorFormatError(`${name} has no private key ${wanted}`);
    const key = read.get(wanted) ?? parsePrivateKey(backend, pem);
    read.set(wanted, key);
    return key;
  };
}

async function runVector(vector: Vector, keys: Keys, options: RunOptions): Promise<VectorResult> {
  const opened = await open(vector, keys, options.backend);
  const outcome = { name: vector.name, stage: opened.stage, code: opened.code, ...(opened.layer !== undefined && { layer: opened.layer }) };
  const difference = compare(opened, vector) ?? (opened.stage === null ? await compareSealed(vector, keys, options) : undefined);
  return difference === undefined ? { ...outcome, ok: true } : { ...outcome, ok: false, detail: difference };
}

interface Opening {
  readonly stage: 'outer' | 'inner' | null;
  readonly code: string | null;
  readonly layer?: string | undefined;
  readonly packet?: Packet;
  readonly packetPlaintext?: Bytes;
  readonly message?: Message;
  readonly messagePlaintext?: Bytes;
}

async function open(vector: Vector, keys: Keys, backend: Backend): Promise<Opening> {
  const [server, user] = [await keys(vector.server_key), await keys(vector.user_key)];
  let stage: 'outer' | 'inner' = 'outer';
  try {
    const outer = await openPacket(backend, vector.body, server);
    stage = 'inner';
    const inner = await openMessage(backend, outer.packet, user);
    return { stage: null, code: null, packet: outer.packet, packetPlaintext: outer.plaintext, message: inner.message, messagePlaintext: inner.plaintext };
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return { stage, code: error.code, layer: error.layer === 'packet' ? 'packet' : undefined };
  }
}

function compare(opened: Opening, vector: Vector): string | undefined {
  const expected: Expectation = vector.expect;
  if (expected.outcome === 'error') {
    const same = opened.stage === expected.stage && opened.code === expected.code && (expected.layer === undefined || (opened.layer ?? 'envelope') === expected.layer);
    return same ? undefined : 'it should end in another way';
  }
  if (opened.stage !== null) return 'it should open';
  const checks: readonly (readonly [string, unknown, unknown])[] = [
    ['packet', vector.packet && known(vector.packet), opened.packet],
    ['message', vector.message, opened.message],
    ['packet_plaintext_b64', vector.packet_plaintext_b64, opened.packetPlaintext && encodeBase64(opened.packetPlaintext)],
    ['message_plaintext_b64', vector.message_plaintext_b64, opened.messagePlaintext && encodeBase64(opened.messagePlaintext)],
  ];
  const wrong = checks.find(([, wanted, found]) => wanted !== undefined && canonicalize(wanted) !== canonicalize(found));
  return wrong && `${wrong[0]} differs`;
}

/** Without the members that readers of a Packet leave out. */
function known(packet: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(PACKET_MEMBERS.filter((name) => Object.hasOwn(packet, name)).map((name) => [name, packet[name]]));
}

/** Signs and seals again with the inputs given; every byte has to come out the same. */
async function compareSealed(vector: Vector, keys: Keys, { sealer }: RunOptions): Promise<string | undefined> {
  const { inputs, packet, message, body } = vector as Vector & { packet: Packet; message: Message; body: Packet };
  if (inputs === undefined) return undefined;
  const [packetPlaintext, messagePlaintext] = [decodeBase64(vector.packet_plaintext_b64 ?? ''), decodeBase64(vector.message_plaintext_b64 ?? '')];
  if (packetPlaintext === undefined || messagePlaintext === undefined || vector.sender_key === undefined) return 'it lacks what sealing again needs';
  const [server, user, sender] = [await keys(vector.server_key), await keys(vector.user_key), await keys(vector.sender_key)];
  const [outerSuite, innerSuite] = [suiteOf(body.algorithm), suiteOf(packet.algorithm)];
  const address: PacketAddress = { id: packet.id, user_id: packet.user_id };
  const input = signatureInput(message, address, await fingerprintOf(sealer, user.publicKey));
  if (inputs.signature.input_utf8 !== new TextDecoder().decode(input)) return 'the input of the signature differs';
  if (inputs.signature.input_sha256 !== toHex(await sealer.sha256(input))) return 'the hash of the input of the signature differs';
  const scheme = messageSignature(sender.type, innerSuite);
  if (scheme === undefined || inputs.signature.algorithm !== scheme) return 'the signature algorithm differs';
  if (inputs.inner.aad_utf8 !== new TextDecoder().decode(innerContext(innerSuite.id, address))) return 'the context of the inner layer differs';
  if (inputs.outer.aad_utf8 !== new TextDecoder().decode(outerContext(outerSuite.id))) return 'the context of the outer layer differs';
  const salt = inputs.signature.pss_salt_hex;
  const signature = await sealer.sign(sender, scheme, input, salt === undefined ? undefined : fromHex(salt));
  if (encodeBase64(signature) !== message.signature) return 'the signature made again differs';
  if (!equalBytes(stripPadding(messagePlaintext), encodeUtf8(canonicalize(message)))) return 'the text of the Message differs';
  const inner = await sealLayer(sealer, innerSuite, user.publicKey, innerContext(innerSuite.id, address), messagePlaintext, layerInputs(inputs.inner));
  if (inner.data !== packet.data || inner.password !== packet.password) return 'the inner layer sealed again differs';
  const outer = await sealLayer(sealer, outerSuite, server.publicKey, outerContext(outerSuite.id), packetPlaintext, layerInputs(inputs.outer));
  return outer.data === body.data && outer.password === body.password ? undefined : 'the outer layer sealed again differs';
}

function layerInputs(layer: VectorLayer): LayerInputs {
  return {
    contentKey: fromHex(layer.cek_hex),
    iv: fromHex(layer.iv_hex),
    ...(layer.oaep_seed_hex !== undefined && { oaepSeed: fromHex(layer.oaep_seed_hex) }),
    ...(layer.hpke_ephemeral_private_hex !== undefined && { ephemeral: fromHex(layer.hpke_ephemeral_private_hex) }),
  };
}

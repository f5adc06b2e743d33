import { encodeBase64 } from '../base/base64.js';
import { type Bytes, concat, encodeUtf8, toHex } from '../base/bytes.js';
import { canonicalize } from '../base/jcs.js';
import { type ForgeBackend } from '../backend/forge.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { publicKeyPem } from '../keys/public-key.js';
import { innerContext, type MessageDraft, type PacketAddress, signatureInput } from '../inner/message.js';
import { packetText } from '../outer/seal.js';
import { type Packet } from '../outer/packet.js';
import { outerContext } from '../suites/context.js';
import { type LayerInputs, type SealedLayer, sealLayer } from '../suites/layer.js';
import { messageSignature, type SignatureScheme, type Suite, suiteOf, type SuiteId } from '../suites/registry.js';
import { type Vector, type VectorLayer } from './format.js';

/** What one vector is made of. */
export interface Order {
  readonly name: string;
  readonly outer: SuiteId;
  readonly inner: SuiteId;
  /** names in keys.json */
  readonly server: string;
  readonly user: string;
  readonly sender: string;
  readonly draft: MessageDraft;
  readonly address: PacketAddress;
  readonly token: string;
  /** bytes both plaintexts are padded to */
  readonly padTo?: number;
  /** random parts that are prescribed; the others follow from the name */
  readonly inputs?: { readonly outer?: LayerInputs; readonly inner?: LayerInputs };
}

/** All that came into being on the way to a body. */
export interface Piece {
  readonly order: Order;
  readonly message: Record<string, unknown>;
  readonly messagePlaintext: Bytes;
  readonly packet: Packet;
  readonly packetPlaintext: Bytes;
  readonly body: SealedLayer;
  readonly vector: Vector;
}

/** Makes bodies whose random parts follow from their names, so that a set can be made again byte for byte. */
export class Workshop {
  constructor(
    readonly backend: ForgeBackend,
    readonly keys: Readonly<Record<string, PrivateKey>>,
  ) {}

  /** The private key of a name. */
  key(name: string): PrivateKey {
    const key = this.keys[name];
    if (key === undefined) throw new TypeError(`no key ${name}`);
    return key;
  }

  /** Bytes that look random and follow from a name and what they are for. */
  bytes(name: string, purpose: string, length: number): Bytes {
    let all = new Uint8Array(0);
    for (let block = 0; all.length < length; block += 1) {
      all = concat(all, this.backend.hmac('SHA-256', encodeUtf8('polypost-envelope vectors'), encodeUtf8(`${name}\n${purpose}\n${block}`)));
    }
    return all.slice(0, length);
  }

  /** The random parts of a layer. */
  inputs(name: string, layer: 'outer' | 'inner', suite: Suite): LayerInputs {
    const drawn = { contentKey: this.bytes(name, `${layer} content key`, suite.contentKeyBytes), iv: this.bytes(name, `${layer} iv`, suite.ivBytes) };
    return suite.wrap.kind === 'hpke-x25519'
      ? { ...drawn, ephemeral: this.bytes(name, `${layer} ephemeral`, 32) }
      : { ...drawn, oaepSeed: this.bytes(name, `${layer} oaep seed`, suite.wrap.hash === 'SHA-1' ? 20 : 32) };
  }

  /** Signs a Message, whatever it says. */
  async sign(order: Order, unsigned: Record<string, unknown>, recipient = this.key(order.user)): Promise<{ message: Record<string, unknown>; input: Bytes; salt?: Bytes }> {
    const sender = this.key(order.sender);
    const scheme = messageSignature(sender.type, suiteOf(order.inner)) as SignatureScheme;
    const input = signatureInput(unsigned, order.address, await fingerprintOf(this.backend, recipient.publicKey));
    const salt = scheme === 'PS256' ? this.bytes(order.name, 'pss salt', 32) : undefined;
    const signature = encodeBase64(this.backend.sign(sender, scheme, input, salt));
    return { message: { ...unsigned, signature }, input, ...(salt && { salt }) };
  }

  /** Seals the inner layer of given bytes. */
  sealInner(order: Order, plaintext: Bytes, context?: Bytes): Promise<SealedLayer> {
    const suite = suiteOf(order.inner);
    const inputs = order.inputs?.inner ?? this.inputs(order.name, 'inner', suite);
    return sealLayer(this.backend, suite, this.key(order.user).publicKey, context ?? innerContext(suite.id, order.address), plaintext, copy(inputs));
  }

  /** Seals the outer layer of given bytes. */
  sealOuter(order: Order, plaintext: Bytes, context?: Bytes): Promise<SealedLayer> {
    const suite = suiteOf(order.outer);
    const inputs = order.inputs?.outer ?? this.inputs(order.name, 'outer', suite);
    return sealLayer(this.backend, suite, this.key(order.server).publicKey, context ?? outerContext(suite.id), plaintext, copy(inputs));
  }

  /** Makes a whole body and the vector that describes it. */
  async make(order: Order): Promise<Piece> {
    const unsigned = { ...order.draft, key: publicKeyPem(this.key(order.sender).publicKey) };
    const { message, input, salt } = await this.sign(order, unsigned);
    const messagePlaintext = this.pad(order, encodeUtf8(canonicalize(message)));
    const packet: Packet = { ...order.address, token: order.token, ...(await this.sealInner(order, messagePlaintext)) };
    const packetPlaintext = this.pad(order, encodeUtf8(packetText(packet)));
    const body = await this.sealOuter(order, packetPlaintext);
    const vector: Vector = {
      name: order.name,
      server_key: order.server,
      user_key: order.user,
      sender_key: order.sender,
      body,
      packet: { ...packet },
      message,
      packet_plaintext_b64: encodeBase64(packetPlaintext),
      message_plaintext_b64: encodeBase64(messagePlaintext),
      inputs: {
        outer: this.layer(order, 'outer'),
        inner: this.layer(order, 'inner'),
        signature: {
          algorithm: messageSignature(this.key(order.sender).type, suiteOf(order.inner)) ?? '',
          input_utf8: new TextDecoder().decode(input),
          input_sha256: toHex(this.backend.sha256(input)),
          ...(salt && { pss_salt_hex: toHex(salt) }),
        },
      },
      expect: { outcome: 'ok' },
    };
    return { order, message, messagePlaintext, packet, packetPlaintext, body, vector };
  }

  /** Packs an inner layer made in some odd way into a sound Packet and body. */
  async wrapInner(order: Order, inner: SealedLayer): Promise<SealedLayer> {
    return this.sealOuter(order, encodeUtf8(packetText({ ...order.address, token: order.token, ...inner })));
  }

  private layer(order: Order, which: 'outer' | 'inner'): VectorLayer {
    const suite = suiteOf(order[which]);
    const inputs = order.inputs?.[which] ?? this.inputs(order.name, which, suite);
    const context = which === 'outer' ? outerContext(suite.id) : innerContext(suite.id, order.address);
    return {
      cek_hex: toHex(inputs.contentKey),
      iv_hex: toHex(inputs.iv),
      aad_utf8: new TextDecoder().decode(context),
      ...(inputs.oaepSeed && { oaep_seed_hex: toHex(inputs.oaepSeed) }),
      ...(inputs.ephemeral && { hpke_ephemeral_private_hex: toHex(inputs.ephemeral) }),
    };
  }

  private pad(order: Order, text: Bytes): Bytes {
    const length = order.padTo ?? 0;
    return length > text.length ? concat(text, new Uint8Array(length - text.length).fill(0x20)) : text;
  }
}

/** Sealing overwrites the secrets it used. */
function copy(inputs: LayerInputs): LayerInputs {
  return { ...inputs, contentKey: inputs.contentKey.slice(), ...(inputs.ephemeral && { ephemeral: inputs.ephemeral.slice() }) };
}

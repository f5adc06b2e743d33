import { fingerprint, fromHex, parsePublicKey, publicKeyPem, toHex } from '@polypost/envelope/codec';
import {
  type Backend,
  fingerprintOf,
  hpkeSchedule,
  innerContext,
  messageText,
  openContent,
  openMessage,
  openPacket,
  packetText,
  privateKeyFromRaw,
  sealContent,
  sealMessage,
  sealPacket,
  signatureInput,
  signMessage,
} from '@polypost/envelope/testing';
import { outerContext, suiteOf } from '@polypost/envelope/codec';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { backends, forge, sequence } from './support.js';

const HPKE = 'HPKE-X25519+A256GCM';
const ADDRESS = { id: '01JX-demo-0001', user_id: 'b0b7f3' };
const DRAFT = { from: 'alice@a.example', data_type: 1, data: 'Hi Bob', date: '2026-11-20T10:00:00.000Z' };
const UNSIGNED =
  '{"data":"Hi Bob","data_type":1,"date":"2026-11-20T10:00:00.000Z","from":"alice@a.example","key":"-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEArcFAEfgtHFbZVqpPnXPYhYNhpgYEhSXg0Ixjjcdd2Mc=\\n-----END PUBLIC KEY-----\\n"}';
const SIGNATURE = 'D/txI3SccorCMkJKWCUvxgvOeywMuAkNpo8fU1scdCnH+YlXCyUkJlSsEfC9/b4v6st7YbP2tS/aR+XloMZvDw==';
const PACKET_PASSWORD = 'iDGGuAC0HVzwQpaV2ps8xPMo680YSm5IL6V4wQPwbHe5dEgp9iGtf2UG1blZ/3OSFfmHijUsilFM4ZmUaiwg+fi/HmEjyf85p8IeqBb/LyQ=';
const PACKET_DATA =
  'wMHCw8TFxsfIycrLN0JfkkqhwL/MDvrsswt2h9zuZ2QwYjH9DygRntBII8IWVVsECQirLUxKNjjKFJPFTATeeHsuiWDtgOHJ4/16ou6N7ikC3xxUC8wtLuIB+hazPtPFwLn2x4BkMfRBWZtDuI1URGtmA8RDI768TsNHRPxbeIueXInxdQjDLeqEgxYZCcrE2LUXaZeI5dwc566pwgp+lbp1g5CHnqMr/cTT0ug4LUm2c1Am1xlDGmM8O5qiwQ7BRk/fYVg2dI2ljpDI5wjrddhy0jQi4Yk9vrlm1Bm7o0lfy/uLcXfLbtNAuvVh2JnrBEdIePuSr3+fdvQ5pJ+I92/J7vOmgPPa9Cw6NPNUZyjlIklZ4GViRDUw7chh9nRWhazedZuk75kMtQgYg/81BhEeVGzvC66oavicKdZnJT9+MLfP3WucYbhLG1Z3E9dtEIAgnah7BPS2FA==';
const BODY_PASSWORD = 'JE/juWPomd0pW6/84kjTUw86mnR5ugYwAmgOv+etrUleWuon8WItVLElwIL2CTXTWQb9LVYBVmr8J2NLPkakYz7Dba5msyAB82oqa4yCnqI=';

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const asText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function people(backend: Backend) {
  return {
    server: await privateKeyFromRaw(backend, 'x25519', sequence(0x01, 32)),
    user: await privateKeyFromRaw(backend, 'x25519', sequence(0x21, 32)),
    sender: await privateKeyFromRaw(backend, 'ed25519', sequence(0x41, 32)),
  };
}

describe.each(backends)('ENV-26 ENV-31 the worked example with the back end %s', (_name, backend) => {
  it('ENV-16 has the fingerprints of its keys', async () => {
    const { server, user, sender } = await people(backend);
    expect(await fingerprintOf(backend, server.publicKey)).toBe('ef1f7d8ef0ab699b890076ef20201662cde62fccd4571b98c263d73c2d1d574f');
    expect(await fingerprintOf(backend, user.publicKey)).toBe('7b94819f57c76c360b0100d3cb63bec9865fe5a3bf356f4de6d74f3d6fbbd77b');
    expect(fingerprint(sender.publicKey)).toBe('60ed0b151e1f088d443a953a5ccaebe7377b0df8b5ccd2228f0d49eb08ae9bc5');
    expect(parsePublicKey(publicKeyPem(sender.publicKey)).raw).toEqual(sender.publicKey.raw);
  });

  it('ENV-28 ENV-31 ENV-99 comes out byte for byte: signature, inner layer, Packet, outer layer', async () => {
    const { server, user, sender } = await people(backend);
    const message = await signMessage(backend, DRAFT, sender, { address: ADDRESS, recipient: user.publicKey, algorithm: HPKE });
    const input = signatureInput(message, ADDRESS, await fingerprintOf(backend, user.publicKey));
    expect(asText(input)).toBe(`polypost-envelope/1\nsignature\n01JX-demo-0001\nb0b7f3\n${await fingerprintOf(backend, user.publicKey)}\n${UNSIGNED}`);
    expect(sha256(input)).toBe('04bea2cc1fc378e70985cad8510b7cc2e6994654e7744280991018e0c8851210');
    expect(message.signature).toBe(SIGNATURE);
    expect(messageText(message)).toHaveLength(318);
    expect(sha256(messageText(message))).toBe('aecfb41cb6e71650426c2192d8ad26da756ee3a222f600e5219c3a7775f62d18');

    const inner = await sealMessage(backend, message, ADDRESS, user.publicKey, HPKE, {
      padTo: 0,
      inputs: { contentKey: sequence(0xa0, 32), iv: sequence(0xc0, 12), ephemeral: sequence(0x81, 32) },
    });
    expect(inner).toEqual({ data: PACKET_DATA, algorithm: HPKE, password: PACKET_PASSWORD });

    const packet = { ...ADDRESS, token: 'ppt1_demo-token-not-secret', ...inner };
    expect(sha256(packetText(packet))).toBe('dac6ddce342b67d8be2a8fb0da097291a798c5c87021ba33737c40288b296ec1');
    const body = await sealPacket(backend, packet, server.publicKey, HPKE, {
      padTo: 0,
      nameKey: false,
      inputs: { contentKey: sequence(0x10, 32), iv: sequence(0x30, 12), ephemeral: sequence(0x61, 32) },
    });
    expect(Object.keys(body).sort()).toEqual(['algorithm', 'data', 'password']);
    expect(body.password).toBe(BODY_PASSWORD);
    expect(body.data).toHaveLength(984);
    expect(sha256(body.data)).toBe('ffeda9607f0879794882542719b5fea3a90ef8bcd63c7281f4458ba151888f4a');
    expect(body.data.startsWith('MDEyMzQ1Njc4OTo77TJM7dIHtGYlbLByQV/1dUB+0qyHVmxxqcNiqcZUiN6WhRFj')).toBe(true);
    expect(body.data.endsWith('EFnTM+9Hvd0pOydLl0bi/p9vGldU8no=')).toBe(true);

    const opened = await openPacket(backend, body, server);
    expect((await openMessage(backend, opened.packet, user)).message).toEqual(message);
  });

  it('ENV-19 ENV-20 gives the two answers for the content layer', async () => {
    const plaintext = new TextEncoder().encode('{"a":1}');
    const cases = [
      ['RSA-OAEP+A256CBC-HS512', 64, 16, '505152535455565758595a5b5c5d5e5fcba29df77be18ba0f5d1ac90c3b3f796ff97766afccf966e70f463068a460f3f67bb37d846293bbe13bcdc37d3ebb8a8'],
      ['RSA-OAEP-256+A256GCM', 32, 12, '505152535455565758595a5be9055756de61c48d1581dc79e7af841f6054bb247230b6'],
    ] as const;
    for (const [id, keyBytes, ivBytes, hex] of cases) {
      const sealed = await sealContent(backend, suiteOf(id), sequence(0, keyBytes), sequence(0x50, ivBytes), outerContext(id), plaintext);
      expect(toHex(sealed)).toBe(hex);
      expect(await openContent(backend, suiteOf(id), sequence(0, keyBytes), outerContext(id), fromHex(hex))).toEqual(plaintext);
    }
  });
});

it('ENV-26 the context strings have parts joined by single line feeds and none at the end', () => {
  expect(asText(outerContext(HPKE))).toBe('polypost-envelope/1\npacket\nHPKE-X25519+A256GCM');
  expect(asText(innerContext(HPKE, ADDRESS))).toBe('polypost-envelope/1\nmessage\nHPKE-X25519+A256GCM\n01JX-demo-0001\nb0b7f3');
  expect(forge.name).toBe('forge');
});

it('ENV-99 the page on the dialect tells the same values', async () => {
  const page = readFileSync(new URL('../../../../docs/dialects/envelope.md', import.meta.url), 'utf8');
  const { server, user } = await people(forge);
  for (const [recipient, ephemeral, context] of [[server, 0x61, outerContext(HPKE)], [user, 0x81, innerContext(HPKE, ADDRESS)]] as const) {
    const encapsulated = forge.publicRaw('x25519', sequence(ephemeral, 32));
    const dh = forge.x25519(recipient.raw, encapsulated) ?? new Uint8Array();
    const { key, nonce } = await hpkeSchedule(forge, dh, encapsulated, recipient.publicKey.raw, context);
    for (const value of [recipient.publicKey.raw, encapsulated, dh, key, nonce]) expect(page).toContain(`\`${toHex(value)}\` |`);
  }
  for (const text of [UNSIGNED, SIGNATURE, PACKET_PASSWORD, PACKET_DATA, BODY_PASSWORD]) expect(page).toContain(text);
});

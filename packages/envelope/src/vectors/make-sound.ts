import { type MessageDraft } from '../inner/message.js';
import { type SuiteId } from '../suites/registry.js';
import { type Order } from './workshop.js';

const HPKE = 'HPKE-X25519+A256GCM';
const OAEP_256 = 'RSA-OAEP-256+A256GCM';
const OAEP = 'RSA-OAEP+A256CBC-HS512';

const DATE = '2026-11-20T10:00:00.000Z';
const TOKEN = 'ppt1_vector-token-not-secret';

const DRAFTS: Readonly<Record<string, MessageDraft>> = {
  text: { from: 'alice@a.example', data_type: 1, data: 'Hi Bob', date: DATE },
  'empty ping': { data_type: 0, data: null, date: DATE },
  unicode: { from: 'zoë@a.example', data_type: 1, data: 'Grüße, 你好, \u{1F600}, \u0000 and "quotes" \\ and \u2028', date: DATE },
  'unknown members': {
    from: 'alice@a.example',
    data_type: 100,
    data: { list: [1, -0.5, 1e21, 1e-7, true, null], '': 'empty name', '\u{1F600}': 'above', '\uFB33': 'below' },
    date: '2026-11-20T12:00:00.123456789+02:00',
    'x-later': { nested: [[], {}] },
    __proto__x: 'an ordinary member',
  },
  long: { from: 'alice@a.example', data_type: 1, data: 'All work and no play makes Jack a dull boy. '.repeat(200), date: DATE },
};

/** Vectors that open, by file. */
export function soundOrders(): Record<string, Order[]> {
  return {
    'annex-a': [annexA()],
    'valid-hpke-x25519': [
      sound('hpke: text', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'text'),
      sound('hpke: empty ping, padded', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'empty ping', 2048),
      sound('hpke: unicode', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'unicode'),
      sound('hpke: unknown members are kept and signed', HPKE, 'x25519', HPKE, 'x25519', 'ed25519', 'unknown members'),
      sound('hpke: an RSA sender signs with PS256', HPKE, 'x25519', HPKE, 'x25519', 'rsa-3072', 'long'),
      sound('hpke: inner layer to an RSA key', HPKE, 'x25519', OAEP_256, 'rsa-3072', 'ed25519', 'text', 1024),
    ],
    'valid-rsa-oaep-256': [
      sound('oaep-256: 3072 bits, text', OAEP_256, 'rsa-3072', OAEP_256, 'rsa-3072', 'rsa-3072', 'text'),
      sound('oaep-256: 2048 bits, empty ping', OAEP_256, 'rsa-2048', OAEP_256, 'rsa-2048', 'rsa-2048', 'empty ping'),
      sound('oaep-256: 4096 bits, unicode, padded', OAEP_256, 'rsa-4096', OAEP_256, 'rsa-4096', 'rsa-4096', 'unicode', 4096),
      sound('oaep-256: inner layer to an X25519 key', OAEP_256, 'rsa-3072', HPKE, 'x25519', 'ed25519', 'unknown members'),
    ],
    'valid-rsa-oaep-cbc': [
      sound('oaep: 2048 bits, an RSA sender signs with RS256', OAEP, 'rsa-2048', OAEP, 'rsa-2048', 'rsa-2048', 'text'),
      sound('oaep: 3072 bits, Ed25519 sender', OAEP, 'rsa-3072', OAEP, 'rsa-3072', 'ed25519', 'unicode', 1000),
      sound('oaep: 4096 bits, long', OAEP, 'rsa-4096', OAEP, 'rsa-4096', 'rsa-4096', 'long'),
      sound('oaep: inner layer with OAEP-256, so PS256', OAEP, 'rsa-3072', OAEP_256, 'rsa-3072', 'rsa-3072', 'unknown members'),
    ],
  };
}

/** A sound order with keys of the named kinds. */
export function sound(
  name: string,
  outer: SuiteId,
  server: string,
  inner: SuiteId,
  user: string,
  sender: string,
  draft: string,
  padTo?: number,
): Order {
  return {
    name,
    outer,
    inner,
    server: `server-${server}`,
    user: `user-${user}`,
    sender: `sender-${sender}`,
    draft: DRAFTS[draft] ?? { data_type: 0, data: null, date: DATE },
    address: { id: `vector-${name.replace(/[^a-z0-9]+/gi, '-')}`, user_id: 'b0b7f3' },
    token: TOKEN,
    ...(padTo !== undefined && { padTo }),
  };
}

/** The worked example of the contract. */
export function annexA(): Order {
  const sequence = (first: number, length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, index) => first + index);
  return {
    name: 'annex a: the worked example',
    outer: HPKE,
    inner: HPKE,
    server: 'annex-server',
    user: 'annex-user',
    sender: 'annex-sender',
    draft: { from: 'alice@a.example', data_type: 1, data: 'Hi Bob', date: DATE },
    address: { id: '01JX-demo-0001', user_id: 'b0b7f3' },
    token: 'ppt1_demo-token-not-secret',
    inputs: {
      outer: { contentKey: sequence(0x10, 32), iv: sequence(0x30, 12), ephemeral: sequence(0x61, 32) },
      inner: { contentKey: sequence(0xa0, 32), iv: sequence(0xc0, 12), ephemeral: sequence(0x81, 32) },
    },
  };
}

import { generateKeyPairSync } from 'node:crypto';
import { type RemoteUnit } from '../../../../src/config/setting-types.js';
import { type PeerCalls, type PeerReply } from '../../../../src/core/cell/remote/peer-calls.js';
import { UnitKeys, readKeys } from '../../../../src/core/cell/remote/unit-keys.js';
import { TestClock } from '../../../support/store.js';

const unit: RemoteUnit = { url: 'https://peer.example/', host: 'peer.example', port: 443, range: null };
const key = { kty: 'OKP', crv: 'Ed25519', x: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x! } as const;
const jwk = { ...key, kid: 'one' };
const set = (...ids: string[]): PeerReply => ({ kind: 'reply', status: 200, body: JSON.stringify({ keys: ids.map((kid) => ({ ...jwk, kid })) }) });
const nothing: PeerReply = { kind: 'nothing' };

class Peer {
  asked: string[] = [];
  constructor(public reply: PeerReply) {}
  get = async ({ url }: RemoteUnit, path: string): Promise<PeerReply> => {
    this.asked.push(url + path);
    await new Promise((resolve) => setImmediate(resolve));
    return this.reply;
  };
}

function keysOf(peer: Peer): { keys: UnitKeys; clock: TestClock } {
  const clock = new TestClock();
  return { keys: new UnitKeys(peer as unknown as PeerCalls, clock), clock };
}

describe('CELL-44 keys of other servers', () => {
  it('are asked for once an hour, at one place', async () => {
    const peer = new Peer(set('one'));
    const { keys, clock } = keysOf(peer);
    const found = await Promise.all([keys.find(unit, 'one'), keys.find(unit, 'one'), keys.find(unit, 'one')]);
    expect(found).toEqual([key, key, key]);
    clock.advance(3_599_999);
    await keys.find(unit, 'one');
    expect(peer.asked).toEqual(['https://peer.example/.well-known/polypost-cell']);
    clock.advance(1);
    peer.reply = set('two');
    await Promise.all([keys.find(unit, 'one'), keys.find(unit, 'one')]);
    expect(peer.asked).toHaveLength(2);
  });

  it('are asked for anew when one is missing, but not at every request', async () => {
    const peer = new Peer(set('one'));
    const { keys, clock } = keysOf(peer);
    await keys.find(unit, 'one');
    peer.reply = set('one', 'two');
    expect(await keys.find(unit, 'two')).toBeNull();
    expect(peer.asked).toHaveLength(1);
    clock.advance(30_000);
    expect(await Promise.all([keys.find(unit, 'two'), keys.find(unit, 'two')])).toEqual([key, key]);
    expect(peer.asked).toHaveLength(2);
    for (let i = 0; i < 20; i += 1) await keys.find(unit, `made up ${i}`);
    expect(peer.asked).toHaveLength(2);
  });

  it('are told apart from a server that does not answer, which is asked again after a while', async () => {
    const peer = new Peer(nothing);
    const { keys, clock } = keysOf(peer);
    expect(await keys.find(unit, 'one')).toBeNull();
    expect(await keys.find(unit, 'one')).toBeNull();
    expect(peer.asked).toHaveLength(1);
    peer.reply = set('one');
    clock.advance(30_000);
    expect(await keys.find(unit, 'one')).toEqual(key);
    expect(peer.asked).toHaveLength(2);
  });

  it.each(['', 'null', '[]', '{}', '{"keys":{}}', '<html>', `{"keys":[${Array.from({ length: 17 }, () => '{}').join()}]}`])('are none in %s', async (body) => {
    const { keys } = keysOf(new Peer({ kind: 'reply', status: 200, body }));
    expect(await keys.find(unit, 'one')).toBeNull();
  });

  it('are public Ed25519 keys, whatever else stands there', () => {
    const other = [null, 7, {}, { ...jwk, crv: 'X25519' }, { kty: 'oct', k: 'c2VjcmV0', kid: 'x' }, { ...jwk, kid: 1 }, { ...jwk, x: 'short' }, { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'r' }, { ...jwk, kid: 'x'.repeat(129) }];
    expect(readKeys(JSON.stringify({ keys: [...other, { ...jwk, d: 'private', alg: 'none', use: 'enc' }] }))).toEqual(new Map([['one', key]]));
  });
});

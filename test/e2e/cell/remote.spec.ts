import { listenSilently, type Listener } from '../../support/listeners.js';
import { type FrontMode } from '../../support/remote-units.js';
import { openTwoUnits, type RemoteUnit } from './remote-scene.js';

let here: RemoteUnit;
let there: RemoteUnit;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ here, there, close } = await openTwoUnits());
  for (const name of ['ada', 'eve']) await here.cell(name);
  for (const name of ['bob', 'joe']) await there.cell(name);
}, 60_000);
afterAll(() => close());
afterEach(() => {
  there.front.mode = 'pass';
});

const NOT_YET = { Code: '500', Reason: 'Sent Message connection error.' };
const CREATED = { Code: '201', Reason: 'Created.' };
const at = async (cell: string, title: string): Promise<unknown[]> => (await there.received(cell)).filter(({ Title }) => Title === title);

describe('CELL-44 messages to cells of other servers', () => {
  it('cross with everything they say, under one id', async () => {
    const bob = there.cellUrl('bob');
    const joe = there.cellUrl('joe');
    const eve = here.cellUrl('eve');
    const sent = await here.send('ada', { To: `${bob},${eve},${joe.slice(0, -1)}`, Title: 'Garden party ü', Body: 'Come\u0000over', Priority: 2, InReplyTo: 'x'.repeat(32) });
    expect(sent.Result).toEqual([
      { To: bob, ...CREATED },
      { To: eve, ...CREATED },
      { To: joe, ...CREATED },
    ]);
    const [message] = (await there.received('bob')).filter(({ __id }) => __id === sent.__id);
    expect(message).toMatchObject({
      __id: sent.__id, From: here.cellUrl('ada'), MulticastTo: `${eve},${joe}`, Type: 'message', Title: 'Garden party ü', Body: 'Come\u0000over', Priority: 2, Status: 'unread',
      InReplyTo: 'x'.repeat(32), '_Box.Name': null, RequestRelation: null, RequestRelationTarget: null,
    });
    expect((await here.sent('ada', sent.__id)).Result).toEqual(sent.Result);
    expect(await at('joe', 'Garden party ü')).toHaveLength(1);
  });

  it('CELL-31 carry requests of both kinds, which can be answered there', async () => {
    const target = here.cellUrl('ada');
    const asked = await here.send('ada', { To: there.cellUrl('bob'), Type: 'req.relation.build', Title: 'Friend?', RequestRelation: 'friend', RequestRelationTarget: target });
    const objects = [{ RequestType: 'relation.remove', Name: 'friend', TargetUrl: target }];
    const taken = await here.send('ada', { To: there.cellUrl('bob'), Type: 'request', Title: 'No friend', RequestObjects: objects });
    for (const { __id } of [asked, taken]) expect((await there.call('POST', `/bob/__message/received/${__id}`, { Command: 'approved' })).status).toBe(204);
    const [message] = (await there.received('bob')).filter(({ __id }) => __id === taken.__id);
    expect(message).toMatchObject({ Type: 'request', Status: 'approved', RequestObjects: [expect.objectContaining(objects[0]!)] });
    expect((await there.call('GET', `/bob/__ctl/ExtCell('${encodeURIComponent(target)}')`)).status).toBe(200);
  });

  it('CELL-33 tell the sender what the other server says', async () => {
    const sent = await here.send('ada', { To: `${there.cellUrl('nobody')},${there.cellUrl('bob')}`, Title: 'Who?' });
    expect(sent.Result).toEqual([
      { To: there.cellUrl('nobody'), Code: '404', Reason: 'Cell not found.' },
      { To: there.cellUrl('bob'), ...CREATED },
    ]);
    expect((await here.sent('ada', sent.__id)).Result).toEqual(sent.Result);
  });

  it('CELL-33 go on when one server is dead, and arrive when it lives again', async () => {
    there.front.mode = 'cut';
    const eve = here.cellUrl('eve');
    const sent = await here.send('ada', { To: `${there.cellUrl('bob')},${eve}`, Title: 'Later' });
    expect(sent.Result).toEqual([{ To: there.cellUrl('bob'), ...NOT_YET }, { To: eve, ...CREATED }]);
    expect((await here.sent('ada', sent.__id)).Result).toEqual(sent.Result);
    expect(await at('bob', 'Later')).toHaveLength(0);
    there.front.mode = 'pass';
    here.clock.advance(16_000);
    await here.repeat();
    expect(await at('bob', 'Later')).toHaveLength(1);
    expect((await here.sent('ada', sent.__id)).Result[0]).toEqual({ To: there.cellUrl('bob'), ...CREATED });
  });

  it('are once in the box when the other server stored them and its answer was lost', async () => {
    there.front.mode = 'lose answer';
    const sent = await here.send('ada', { To: there.cellUrl('bob'), Title: 'Lost answer' });
    expect(sent.Result).toEqual([{ To: there.cellUrl('bob'), ...NOT_YET }]);
    expect(await at('bob', 'Lost answer')).toHaveLength(1);
    there.front.mode = 'pass';
    here.clock.advance(16_000);
    await here.repeat();
    expect(await at('bob', 'Lost answer')).toHaveLength(1);
    expect((await here.sent('ada', sent.__id)).Result).toEqual([{ To: there.cellUrl('bob'), ...CREATED }]);
  });

  it('do not come back when the recipient removed them before the repetition', async () => {
    there.front.mode = 'lose answer';
    const sent = await here.send('ada', { To: there.cellUrl('bob'), Title: 'Removed' });
    expect((await there.call('DELETE', `/bob/__ctl/ReceivedMessage('${sent.__id}')`)).status).toBe(204);
    there.front.mode = 'pass';
    here.clock.advance(16_000);
    await here.repeat();
    expect(await at('bob', 'Removed')).toHaveLength(0);
    expect((await here.sent('ada', sent.__id)).Result).toEqual([{ To: there.cellUrl('bob'), ...CREATED }]);
  });

  it('wait five seconds for a server that says nothing, and no longer for its other cells', async () => {
    there.front.mode = 'hang';
    const to = Array.from({ length: 20 }, (_, index) => there.cellUrl(`cell${index}`));
    const begun = performance.now();
    const sent = await here.send('ada', { To: to.join(','), Title: 'Hang' });
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(4_500);
    expect(took).toBeLessThan(8_000);
    expect(sent.Result).toEqual(to.map((To) => ({ To, ...NOT_YET })));
    there.front.mode = 'pass';
    here.clock.advance(61_000);
    await here.repeat();
    expect((await here.sent('ada', sent.__id)).Result).toEqual(to.map((To) => ({ To, Code: '404', Reason: 'Cell not found.' })));
  }, 20_000);

  it('follow no redirect', async () => {
    const trap: Listener = await listenSilently('127.0.0.1');
    for (const status of [301, 307]) {
      there.front.mode = { status, location: `https://127.0.0.1:${trap.port}/` };
      expect((await here.send('ada', { To: there.cellUrl('bob'), Title: 'Elsewhere' })).Result).toEqual([{ To: there.cellUrl('bob'), ...NOT_YET }]);
    }
    expect(trap.connections).toBe(0);
    await trap.close();
  });

  it('go to no server that is not named, by whatever spelling', async () => {
    const trap: Listener = await listenSilently('0.0.0.0');
    const { port } = there.front;
    const before = there.front.seen.length;
    for (const To of [`https://127.0.0.1:${trap.port}/bob/`, `http://127.0.0.1:${port}/bob/`, `https://localhost:${port}/bob/`, `https://0.0.0.0:${port}/bob/`, `https://[::ffff:127.0.0.1]:${port}/bob/`, `https://127.0.0.1:${port}/bob/box/`, 'https://169.254.169.254/latest/']) {
      expect((await here.send('ada', { To })).Result).toMatchObject([NOT_YET]);
    }
    expect(there.front.seen.slice(before)).toEqual([]);
    expect(trap.connections).toBe(0);
    await trap.close();
  });

  it('CELL-22 reach an address that another spelling makes the same', async () => {
    expect((await here.send('ada', { To: `https://2130706433:${there.front.port}/bob` })).Result).toEqual([{ To: there.cellUrl('bob'), ...CREATED }]);
  });
});

describe('CELL-44 hundreds of destinations on another server', () => {
  it('are answered within ten seconds or so, and arrive', async () => {
    const to = Array.from({ length: 400 }, (_, index) => there.cellUrl(`far${index}`));
    const begun = performance.now();
    const sent = await here.send('ada', { To: to.join(','), Title: 'Many' });
    expect(performance.now() - begun).toBeLessThan(12_000);
    expect(sent.Result.map(({ To }: { To: string }) => To)).toEqual(to);
    for (let round = 0; round < 5; round += 1) {
      here.clock.advance(120_000);
      await here.repeat();
    }
    const codes = (await here.sent('ada', sent.__id)).Result.map(({ Code }: { Code: string }) => Code);
    expect(new Set(codes)).toEqual(new Set(['404']));
  }, 90_000);
});

describe('CELL-44 between servers that fail all the time', () => {
  it('every message is once in every box, and its sender knows', async () => {
    const cells = ['one', 'two', 'three', 'four', 'five'];
    for (const name of cells) await there.cell(name);
    const faults: FrontMode[] = ['lose answer', 'cut', { status: 500 }, { status: 503 }, { status: 401 }, { status: 302, location: '/' }, { status: 200 }];
    let seed = 20261127;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const used = new Set<FrontMode>();
    there.front.mode = () => {
      const mode = random() < 0.35 ? 'pass' : faults[Math.floor(random() * faults.length)]!;
      used.add(mode);
      return mode;
    };
    const ids: string[] = [];
    for (let index = 0; index < 40; index += 1) ids.push((await here.send('ada', { To: cells.map((name) => there.cellUrl(name)).join(','), Title: `chaos ${index}` })).__id);
    const open = async (): Promise<number> => (await here.app.sql('SELECT FROM deliveries WHERE due_at IS NOT NULL')).length;
    const openAtFirst = await open();
    for (let round = 0; round < 280 && (await open()) > 0; round += 1) {
      here.clock.advance(300_000);
      await here.repeat();
    }
    expect(openAtFirst).toBeGreaterThan(50);
    expect(await open()).toBe(0);
    expect(used.size).toBe(faults.length + 1);
    for (const id of ids) expect((await here.sent('ada', id)).Result).toEqual(cells.map((name) => ({ To: there.cellUrl(name), ...CREATED })));
    for (const name of cells) expect((await there.received(name)).map(({ __id }) => __id).sort()).toEqual([...ids].sort());
  }, 120_000);
});

describe('CELL-41 the port takes messages of other servers', () => {
  const bodyFrom = (From: string, over: Record<string, unknown> = {}): object => ({ __id: 'f'.repeat(32), From, Type: 'message', Title: 'Port', Body: '', Priority: 3, Status: 'unread', ...over });
  const port = (body: object, token: string) => there.call('POST', '/bob/__message/port', body, token);

  it('from a cell that calls as itself, once', async () => {
    const token = await here.cellToken('ada', there.cellUrl('bob'));
    const first = await port(bodyFrom(here.cellUrl('ada')), token);
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`${there.cellUrl('bob')}__ctl/ReceivedMessage('${'f'.repeat(32)}')`);
    expect(await port(bodyFrom(here.cellUrl('ada')), token)).toMatchObject({ status: 409, body: { code: 'PR409-OD-0003' } });
    expect((await there.received('bob')).filter(({ __id }) => __id === 'f'.repeat(32))).toHaveLength(1);
  });

  it('CELL-13 and from nobody else', async () => {
    const bob = there.cellUrl('bob');
    const refusals: [string, string, number, string][] = [
      ['another sender than the token says', await here.cellToken('ada', bob), 403, 'PR403-AU-0002'],
      ['a token for another cell', await here.cellToken('eve', there.cellUrl('joe')), 401, 'PR401-AU-0006'],
      ['one server speaks for a cell of the other', await there.cellToken('bob', bob, here.cellUrl('eve')), 401, 'PR401-AU-0008'],
      ['a server that is not named', await here.cellToken('eve', bob, 'https://127.0.0.1:1/eve/'), 401, 'PR401-AU-0008'],
      ['no cell, but the server itself', await here.cellToken('eve', bob, `${here.front.url}/`), 401, 'PR401-AU-0008'],
      ['a broken signature', `${(await here.cellToken('eve', bob)).slice(0, -6)}AAAAAA`, 401, 'PR401-AU-0008'],
      ['no token at all', '', 401, 'PR401-AU-0001'],
    ];
    for (const [what, token, status, code] of refusals) {
      const answer = await port(bodyFrom(here.cellUrl('eve'), { __id: 'e'.repeat(32) }), token);
      expect([what, answer.status, answer.body.code]).toEqual([what, status, code]);
    }
    expect((await there.received('bob')).filter(({ __id }) => __id === 'e'.repeat(32))).toEqual([]);
  });

  it('with keys that are public, and nothing but public', async () => {
    const { status, body, headers } = await here.call('GET', '/.well-known/polypost-cell', undefined, '');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.stringMatching(/^[\w-]{43}$/), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }] });
  });

  it('which are asked for once for many messages', async () => {
    const before = here.front.seen.filter((line) => line.includes('.well-known')).length;
    for (let i = 0; i < 5; i += 1) await here.send('ada', { To: there.cellUrl('bob'), Title: 'Again' });
    expect(here.front.seen.filter((line) => line.includes('.well-known')).length).toBe(before);
  });
});

describe('CELL-15 visitors of other servers', () => {
  it('CELL-11 have what the ExtCell of their cell was given, by a token of their own account', async () => {
    const account = await here.call('POST', '/ada/__ctl/Account', { Name: 'ann' }, undefined, { 'x-personium-credential': 'sunflower' });
    expect(account.status).toBe(201);
    const login = await fetch(`${here.app.url}/ada/__token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', username: 'ann', password: 'sunflower', p_target: there.cellUrl('bob') }) });
    const { access_token: token } = (await login.json()) as { access_token: string };
    expect((await there.call('GET', '/bob/__ctl/ReceivedMessage', undefined, token)).status).toBe(403);

    expect((await there.call('POST', '/bob/__ctl/Role', { Name: 'reader' })).status).toBe(201);
    const url = here.cellUrl('ada');
    await there.call('POST', '/bob/__ctl/ExtCell', { Url: url });
    const link = await there.call('POST', `/bob/__ctl/ExtCell('${encodeURIComponent(url)}')/$links/_Role`, { uri: `${there.cellUrl('bob')}__ctl/Role('reader')` });
    expect(link.status).toBe(204);
    const acl = `<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns"><D:ace><D:principal><D:href>${there.cellUrl('bob')}__role/__/reader</D:href></D:principal><D:grant><D:privilege><p:message-read/></D:privilege></D:grant></D:ace></D:acl>`;
    expect((await there.call('POST', '/bob/', acl, undefined, { 'x-http-method-override': 'ACL' })).status).toBe(200);

    expect((await there.call('GET', '/bob/__ctl/ReceivedMessage', undefined, token)).status).toBe(200);
    expect((await there.call('POST', '/bob/__message/send', { To: url }, token)).status).toBe(403);
    expect((await there.call('GET', '/joe/__ctl/ReceivedMessage', undefined, token)).body.code).toBe('PR401-AU-0006');
    expect((await there.call('POST', '/bob/__message/port', { From: url }, token)).body.code).toBe('PR403-AU-0002');
  });
});

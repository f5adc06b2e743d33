import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import pg from 'pg';
import { PmTokens } from '../../../src/dialects/social/pm/auth/tokens.js';
import { LiveHub } from '../../../src/dialects/social/pm/live/live.hub.js';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { HEARTBEAT, LiveClient, pause, until } from './live-client.js';
import { ask, newPerson, type Person } from './people.js';

const JWT_SECRET = 'test-jwt-secret-0123456789abcdef0123456789';
const env = { PM_JWT_SECRET: JWT_SECRET, PUBLIC_URL: 'https://post.example' };

let app: TestApp;
let ada: Person;
let ben: Person;
const clients: LiveClient[] = [];
beforeAll(async () => {
  app = await startApp({ env });
});
beforeEach(async () => {
  [ada, ben] = [await newPerson(app), await newPerson(app)];
  for (const [who, whom] of [[ada, ben], [ben, ada]] as const) await who.asks('POST', `/api/v2/user/${whom.id}/follow/`);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => app.close());

async function look(who: Person, over: { on?: TestApp; query?: string } = {}): Promise<LiveClient> {
  const client = new LiveClient(over.on ?? app, who.token, over.query === undefined ? {} : { query: over.query });
  clients.push(client);
  await client.opened();
  expect(client.closed).toBeNull();
  return client;
}

async function send(from: Person, to: Person, message: string, on = app): Promise<number> {
  const answer = await ask(on, { method: 'POST', path: '/api/v2/pm/', token: from.token, body: { recipients: [Number(to.id)], message } });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

describe('opening', () => {
  test('PM-101 the token is the sub-protocol, and comes back as the chosen one', async () => {
    const client = await look(ada);
    expect(client.ws.protocol).toBe(`__${ada.token}`);
    const slash = new LiveClient(app, null, { path: '/ws/notify/', protocols: ['chat', `__${ada.token}`, 'other'] });
    clients.push(slash);
    await slash.opened();
    expect([slash.closed, slash.ws.protocol]).toEqual([null, `__${ada.token}`]);
  });

  test.each<[string, string[]]>([
    ['no token', []], ['a wrong one', ['__pppm_wrong-wrong-wrong']], ['another protocol', ['chat']], ['an empty one', ['__']],
  ])('PM-101 %s: 401 before the upgrade', async (_what, protocols) => {
    const client = new LiveClient(app, null, { protocols });
    await client.opened();
    expect(client.refused).toBe(401);
    expect(client.refusal.body.errors[0].code).toMatch(/^(not_authenticated|authentication_failed)$/);
    expect(client.refusal.headers['www-authenticate']).toBe('Bearer');
  });

  test('PM-101 accounts that are switched off, deleted or unknown get in nowhere', async () => {
    const [off, gone] = [await newPerson(app), await newPerson(app)];
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [off.id]);
    await app.sql('UPDATE users SET deleted_at = now() WHERE id = $1', [gone.id]);
    const [one, two] = [new LiveClient(app, off.token), new LiveClient(app, gone.token)];
    await Promise.all([one.opened(), two.opened()]);
    expect([one.refused, two.refused]).toEqual([403, 401]);
  });

  test('PM-101 other paths and other upgrades are ordinary requests', async () => {
    const other = new LiveClient(app, ada.token, { path: '/ws/other' });
    await other.opened();
    expect(other.refused).toBe(404);
    expect((await ask(app, { path: '/ws/notify?subscribe-user' })).status).toBe(404);
    const { hostname, port } = new URL(app.url);
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n'));
      socket.once('data', (data: Buffer) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('PM-113 tokens of sockets stand in no log', async () => {
    await look(ada);
    const wrong = new LiveClient(app, 'pppm_leaked-by-socket-leaked');
    await wrong.opened();
    for (const text of [ada.token, 'leaked-by-socket']) expect(app.logs()).not.toContain(text);
  });

  test('PM-112 wrong tokens are throttled here too', async () => {
    const tight = await startApp({ db: app.db, env: { RATE_LIMITS: 'pm.bad_token=1/60' } });
    const statuses: number[] = [];
    for (let time = 0; time < 2; time += 1) statuses.push((await new LiveClient(tight, 'pppm_wrong-wrong').opened()).refused);
    await tight.close();
    expect(statuses).toEqual([401, 429]);
  });
});

describe('heartbeats', () => {
  test('PM-102 every one is sent back as it is, everything else is ignored', async () => {
    const client = await look(ada);
    for (const text of [HEARTBEAT, 'hello', '{"type":"interaction"}', HEARTBEAT, '', `${HEARTBEAT} `]) client.ws.send(text);
    client.ws.send(Buffer.from(HEARTBEAT));
    client.ws.send(HEARTBEAT);
    await until(() => client.texts.length >= 3, 'three heartbeats came back');
    await pause(50);
    expect([client.texts, client.closed]).toEqual([[HEARTBEAT, HEARTBEAT, HEARTBEAT], null]);
  });

  test('PM-103 a frame that is too large closes the socket, and too many do', async () => {
    const [large, many] = [await look(ada), await look(ada)];
    large.ws.send('x'.repeat(2_000));
    for (let time = 0; time < 700; time += 1) many.ws.send('x');
    await until(() => large.closed !== null && many.closed !== null, 'both are closed');
    expect([large.closed?.code, many.closed?.code]).toEqual([1009, 1008]);
  });
});

describe('messages', () => {
  test('PM-103 a message reaches every socket of its recipient once, and none of its sender', async () => {
    const [sender, one, two, stranger] = [await look(ada), await look(ben), await look(ben), await look(await newPerson(app))];
    const id = await send(ada, ben, 'Lunch?');
    await until(() => one.frames.length > 0 && two.frames.length > 0, 'both are told');
    await pause(400);
    expect([one.numbers, two.numbers, sender.texts, stranger.texts]).toEqual([[id], [id], [], []]);
  });

  test('PM-103 the frame holds what the interface reads', async () => {
    const client = await look(ben);
    const id = await send(ada, ben, '<b>1 < 2 & 3 > 2</b>');
    await until(() => client.frames.length > 0, 'the frame came');
    const [frame] = client.frames;
    const thread = (await ben.asks('GET', '/api/v2/pm/')).body.results[0];
    const message = (await ben.asks('GET', `/api/v2/pm/${id}/`)).body;
    expect(Object.keys(frame)).toEqual(['type', 'data']);
    expect(Object.keys(frame.data).sort()).toEqual(['activity_type', 'count_interactions', 'notification_obj', 'thread_id']);
    expect(frame).toMatchObject({ type: 'interaction', data: { activity_type: 37, thread_id: thread.id, count_interactions: 1 } });
    const { notification_obj: notice } = frame.data;
    expect(notice).toEqual({ is_new: true, sid: String(id), type: 'private_message', active_at: message.created_at, message, snippet: thread });
    expect([notice.message.message, notice.snippet.headline]).toEqual(['&lt;b>1 < 2 & 3 > 2&lt;/b>', '&lt;b>1 < 2 & 3 > 2&lt;/b>']);
    expect(notice.snippet).toMatchObject({ group: null, thread_status: 'new', receiver: { id: Number(ben.id) }, sender: { id: Number(ada.id) } });
    const notifications = (await ben.asks('GET', '/api/v2/notification/')).body.results;
    expect(notifications[0].sid).toBe(notice.sid);
  });

  test('PM-103 many messages at once come all, once and in the order of the thread', async () => {
    const [one, two] = [await look(ben), await look(ben)];
    const ids = await Promise.all(Array.from({ length: 120 }, (_, index) => send(ada, ben, `message ${index}`)));
    await until(() => one.frames.length >= 120 && two.frames.length >= 120, 'all came');
    await pause(400);
    expect(one.numbers).toHaveLength(120);
    expect(new Set(one.numbers)).toEqual(new Set(ids));
    expect(two.numbers).toEqual(one.numbers);
  });

  test('PM-103 what is sent through the other tongue comes as well', async () => {
    const client = await look(ben);
    const fields = { api_key_token: TEST_SECRETS.OSSN_SITE_KEY, from: ada.id, to: ben.id, message: 'from elsewhere' };
    const sent = await ask(app, { method: 'POST', path: '/api/v2.0/message/send', body: new URLSearchParams(fields) });
    expect(sent.body.code).toBe('100');
    await until(() => client.frames.length > 0, 'the frame came');
    expect(client.frames[0].data.notification_obj.message).toMatchObject({ message: 'from elsewhere', sender: { id: Number(ada.id) } });
  });

  test('PM-104 a send that is refused tells nobody', async () => {
    const stranger = await newPerson(app);
    const [one, two] = [await look(ben), await look(stranger)];
    const answer = await ada.asks('POST', '/api/v2/pm/', { recipients: [Number(ben.id), Number(stranger.id)], message: 'x' });
    expect(answer.status).toBe(403);
    await pause(500);
    expect([one.texts, two.texts]).toEqual([[], []]);
  });

  test('PM-103 a message taken back is told silently, to its recipient alone', async () => {
    const [one, sender] = [await look(ben), await look(ada)];
    const id = await send(ada, ben, 'oops');
    await until(() => one.frames.length === 1, 'the message came');
    expect((await ada.asks('DELETE', `/api/v2/pm/${id}/`)).status).toBe(204);
    await until(() => one.frames.length === 2, 'the second frame came');
    const [first, second] = one.frames;
    expect(second).toEqual({ type: 'interaction', data: { activity_type: 105, thread_id: first.data.thread_id, count_interactions: 0 } });
    await pause(300);
    expect(sender.texts).toEqual([]);
  });

  test('PM-103 reading, deleting a thread and withdrawing of one\'s own are no frames', async () => {
    await send(ada, ben, 'one');
    const [one, two] = [await look(ada), await look(ben)];
    await ben.asks('GET', `/api/v2/pm/?user=${ada.id}`);
    await ben.asks('DELETE', `/api/v2/pm/?user=${ada.id}`);
    await pause(500);
    expect([one.texts, two.texts]).toEqual([[], []]);
  });
});

describe('several processes', () => {
  test('PM-104 frames come whichever process stored the message, once', async () => {
    const other = await startApp({ db: app.db, env });
    try {
      const [here, there] = [await look(ben), await look(ben, { on: other })];
      const ids: number[] = [];
      for (let round = 0; round < 20; round += 1) ids.push(...(await Promise.all([send(ada, ben, 'a'), send(ada, ben, 'b', other)])));
      await until(() => here.frames.length >= 40 && there.frames.length >= 40, 'all came');
      await pause(600);
      expect([here.numbers.length, there.numbers.length]).toEqual([40, 40]);
      expect(new Set(here.numbers)).toEqual(new Set(ids));
      expect(here.numbers).toEqual(there.numbers);
    } finally {
      await other.close();
    }
  });

  test('PM-104 a message is held back while an older transaction could still come before it, and then comes', async () => {
    const client = await look(ben);
    await app.sql('CREATE TABLE IF NOT EXISTS live_hold (n int)');
    const holder = new pg.Client({ connectionString: app.db.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('INSERT INTO live_hold VALUES (1)');
    const id = await send(ada, ben, 'behind');
    await pause(700);
    expect(client.frames).toEqual([]);
    await holder.query('COMMIT');
    await holder.end();
    await until(() => client.frames.length > 0, 'it came');
    expect(client.numbers).toEqual([id]);
  });
});

describe('coming back', () => {
  test('PM-103 after=<sid> tells what was missed, in order and once, and goes on live', async () => {
    const first = await send(ada, ben, 'seen');
    const missed: number[] = [];
    for (let index = 0; index < 130; index += 1) missed.push(await send(ada, ben, `missed ${index}`));
    const client = new LiveClient(app, ben.token, { query: `?subscribe-user&after=${first}` });
    clients.push(client);
    const meanwhile = Promise.all(Array.from({ length: 40 }, (_, index) => send(ada, ben, `meanwhile ${index}`)));
    const live = await meanwhile;
    await until(() => client.frames.length >= 170, 'all came');
    await pause(400);
    expect(client.numbers).toHaveLength(170);
    expect(client.numbers.slice(0, 130)).toEqual(missed);
    expect(new Set(client.numbers)).toEqual(new Set([...missed, ...live]));
  });

  test('PM-103 nothing is missed or told twice over many reconnections', async () => {
    const sent: number[] = [await send(ada, ben, 'first')];
    const seen: number[] = [];
    let sid = sent[0]!;
    let sending = true;
    const sender = (async () => {
      for (let index = 0; index < 150; index += 1) sent.push(await send(ada, ben, String(index)));
      sending = false;
    })();
    while (sending || seen.length < sent.length - 1) {
      const client = new LiveClient(app, ben.token, { query: `?subscribe-user&after=${sid}` });
      clients.push(client);
      await client.opened();
      await pause(15);
      if (!sending) await until(() => seen.length + client.numbers.length >= sent.length - 1, 'the rest came');
      client.close();
      const got = [...client.numbers];
      seen.push(...got);
      sid = got.at(-1) ?? sid;
    }
    await sender;
    expect(seen).toEqual(sent.slice(1));
  });

  test('PM-103 a restart loses nothing: threads, notifications and after=<sid> all have it', async () => {
    const before = await startApp({ db: app.db, env });
    const client = await look(ben, { on: before });
    const first = await send(ada, ben, 'before', before);
    await until(() => client.numbers.length === 1, 'the first came');
    await before.close();
    await until(() => client.closed !== null, 'the socket is closed');
    expect(client.closed).toMatchObject({ code: 1001 });
    const second = await send(ada, ben, 'while away');
    const after = await startApp({ db: app.db, env });
    try {
      const again = await look(ben, { on: after, query: `?subscribe-user&after=${client.frames[0].data.notification_obj.sid}` });
      await until(() => again.frames.length > 0, 'the missed one came');
      await pause(400);
      expect(again.numbers).toEqual([second]);
      const snippets = await ask(after, { path: '/api/v2/pm/', token: ben.token });
      expect(snippets.body.results[0]).toMatchObject({ headline: 'while away', thread_status: 'new' });
      const notices = await ask(after, { path: '/api/v2/notification/', token: ben.token });
      expect(notices.body.results.map((notice: { sid: string }) => Number(notice.sid))).toEqual([second, first]);
      const thread = await ask(after, { path: `/api/v2/pm/?user=${ada.id}`, token: ben.token });
      expect(thread.body.results.map((message: { id: number }) => message.id)).toEqual([first, second]);
    } finally {
      await after.close();
    }
  });

  test('PM-103 the message that was last seen may be gone meanwhile', async () => {
    const first = await send(ada, ben, 'soon gone');
    const second = await send(ada, ben, 'stays');
    await ada.asks('DELETE', `/api/v2/pm/${first}/`);
    const client = await look(ben, { query: `?subscribe-user&after=${first}` });
    await until(() => client.numbers.length > 0, 'the second came');
    await pause(300);
    expect(client.numbers).toEqual([second]);
  });

  test('PM-103 what was withdrawn or deleted meanwhile is not told any more', async () => {
    const first = await send(ada, ben, 'seen');
    const gone = await send(ada, ben, 'gone');
    await ada.asks('DELETE', `/api/v2/pm/${gone}/`);
    const last = await send(ada, ben, 'last');
    const client = await look(ben, { query: `?subscribe-user&after=${first}` });
    await until(() => client.numbers.length > 0, 'the last came');
    await pause(300);
    expect(client.numbers).toEqual([last]);
  });

  test.each(['x', '-1', '1.5', '99999999999999999999', 'undefined', '%00', '9007199254740991'])('PM-10 after=%s tells nothing old and breaks nothing', async (after) => {
    await send(ada, ben, 'old');
    const client = await look(ben, { query: `?subscribe-user&after=${after}` });
    const id = await send(ada, ben, 'new');
    await until(() => client.numbers.length > 0, 'the new one came');
    expect(client.numbers).toEqual([id]);
  });

  test('PM-111 after=<sid of somebody else> tells nothing of his', async () => {
    const eve = await newPerson(app);
    const id = await send(ada, ben, 'not for eve');
    const client = await look(eve, { query: `?subscribe-user&after=${id - 1}` });
    await pause(500);
    expect(client.texts).toEqual([]);
  });
});

describe('closing', () => {
  test('PM-104 a revoked token closes its sockets, and only those', async () => {
    const { id, secret } = await app.app.get(PmTokens, { strict: false }).issueAccess(ben.id, { label: '', lifetimeSeconds: null });
    const doomed = new LiveClient(app, secret);
    clients.push(doomed);
    await doomed.opened();
    const other = await look(ben);
    await app.sql('UPDATE credentials SET revoked_at = now() WHERE id = $1', [id]);
    await until(() => doomed.closed !== null, 'the socket is closed');
    expect([doomed.closed?.code, other.closed]).toEqual([1008, null]);
  });

  test('PM-104 an account that is switched off loses its sockets', async () => {
    const client = await look(ben);
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [ben.id]);
    await until(() => client.closed !== null, 'the socket is closed');
    expect(client.closed?.code).toBe(1008);
  });

  test('PM-104 a JWT closes its sockets when it ends', async () => {
    const clock = new TestClock();
    const timed = await startApp({ db: app.db, clock, env });
    try {
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const seconds = Math.floor(clock.now() / 1000);
      const text = `${encode({ alg: 'HS256' })}.${encode({ token_type: 'access', user_id: Number(ben.id), jti: '1', iat: seconds, exp: seconds + 600 })}`;
      const client = new LiveClient(timed, `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`);
      clients.push(client);
      await client.opened();
      expect(client.closed).toBeNull();
      await pause(3_500);
      expect(client.closed).toBeNull();
      clock.advance(601_000);
      await until(() => client.closed !== null, 'the socket is closed');
      expect(client.closed?.code).toBe(1008);
    } finally {
      await timed.close();
    }
  });

  test('PM-104 a shutdown says so and does not wait for sockets', async () => {
    const brief = await startApp({ db: app.db, env });
    const client = await look(ben, { on: brief });
    const startMs = performance.now();
    await brief.close();
    await until(() => client.closed !== null, 'the socket is closed');
    expect([client.closed?.code, performance.now() - startMs < 3_000]).toEqual([1001, true]);
  });

  test('PM-104 a client that never reads is cut off, and nobody else waits for it', async () => {
    const [deaf, other] = [await look(ben), await look(ben)];
    const open = () => [...app.app.get(LiveHub, { strict: false }).sockets()].filter((socket) => socket.pass.userId === ben.id && socket.isOpen).length;
    expect(open()).toBe(2);
    deaf.ws.pause();
    let last = 0;
    for (let round = 0; round < 60 && open() === 2; round += 1) {
      for (const id of await Promise.all(Array.from({ length: 40 }, () => send(ada, ben, 'x'.repeat(9_900))))) last = Math.max(last, id);
      await until(() => other.numbers.includes(last), 'the other one is told meanwhile');
    }
    expect(open()).toBe(1);
    expect(other.closed).toBeNull();
  });

  test('PM-104 sockets of one user are bounded', async () => {
    const many = await Promise.all(Array.from({ length: 60 }, () => new LiveClient(app, ben.token).opened()));
    clients.push(...many);
    const open = many.filter((client) => client.refused === 0);
    expect(open).toHaveLength(50);
    expect(many.filter((client) => client.refused === 429)).toHaveLength(10);
    open[0]?.close();
    await until(async () => {
      const next = await new LiveClient(app, ben.token).opened();
      clients.push(next);
      return next.refused === 0;
    }, 'there is room again');
  });
});

import { connect } from 'node:net';
import { MailRetention } from '../../../src/core/envelope/mail-retention.js';
import { MailboxWatch } from '../../../src/core/envelope/mailbox-watch.js';
import { Database } from '../../../src/storage/database.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { EventStream } from './event-stream.js';
import { ask, deliver, newPerson, newToken, packetFor, type Person } from './people.js';

const DAY_MS = 86_400_000;
let app: TestApp;
let clock: TestClock;
beforeAll(async () => {
  clock = new TestClock(Date.now());
  app = await startApp({ clock, env: { ENVELOPE_SESSION_TTL: String(30 * 86_400) } });
});
afterAll(() => app.close());

async function withMail(count: number): Promise<{ person: Person; token: string; token_id: string; ids: string[] }> {
  const person = await newPerson(app);
  const { token, token_id } = await newToken(person, { per_minute: 10_000, per_day: 100_000 });
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push((await deliver(app, packetFor(person, token))).body.message_id);
  return { person, token, token_id, ids };
}
const idsOf = (body: { messages: { message_id: string }[] }): string[] => body.messages.map(({ message_id }) => message_id);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the list', () => {
  it('ENV-88 gives everything once, oldest first, page by page', async () => {
    const { person, token_id, ids } = await withMail(7);
    const first = await person.asks('GET', '/api/v1/message?limit=3');
    expect(idsOf(first.body)).toEqual(ids.slice(0, 3));
    expect(first.body.messages[0]).toEqual({
      message_id: ids[0], cursor: expect.any(String), received_at: expect.stringMatching(/Z$/), size: expect.any(Number), acked_at: null, token_id, folder: 'inbox',
      packet: { id: expect.any(String), user_id: person.userId, data: expect.any(String), algorithm: 'HPKE-X25519+A256GCM', password: expect.any(String) },
    });
    expect(first.body.next).toBe(first.body.messages[2].cursor);
    const second = await person.asks('GET', `/api/v1/message?limit=3&after=${first.body.next}`);
    const third = await person.asks('GET', `/api/v1/message?limit=3&after=${second.body.next}`);
    expect([...idsOf(second.body), ...idsOf(third.body)]).toEqual(ids.slice(3));
    expect((await person.asks('GET', `/api/v1/message?after=${third.body.next}`)).body).toEqual({ messages: [], next: null });
    expect(JSON.stringify(first.body)).not.toContain('ppt1_');
  });

  it('ENV-88 can leave out packets, and has an empty folder of requests', async () => {
    const { person } = await withMail(1);
    expect((await person.asks('GET', '/api/v1/message?fields=meta')).body.messages[0].packet).toBeUndefined();
    expect((await person.asks('GET', '/api/v1/message?folder=requests')).body).toEqual({ messages: [], next: null });
    expect((await person.asks('GET', '/api/v1/message?folder=inbox')).body.messages).toHaveLength(1);
  });

  it('ENV-88 refuses what has not its form', async () => {
    const { person } = await withMail(0);
    for (const query of ['after=x', 'after=c-1', 'after=c1e5', 'after=c01', 'limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'wait=61', 'wait=-1', 'folder=sent', 'fields=all', 'after=c1&after=c2']) {
      expect([query, (await person.asks('GET', `/api/v1/message?${query}`)).body.error]).toEqual([query, 'malformed_request']);
    }
  });

  it('ENV-88 skips nothing and repeats nothing while many write at once, over two servers', async () => {
    const { person, token } = await withMail(0);
    const other = await startApp({ db: app.db, clock });
    try {
      let isDone = false;
      const writing = Promise.all(Array.from({ length: 60 }, (_, index) => deliver(index % 2 ? other : app, packetFor(person, token)))).finally(() => (isDone = true));
      const seen: string[] = [];
      let after = '';
      for (let last = false; ; ) {
        const { body } = await person.asks('GET', `/api/v1/message?limit=7&fields=meta${after && `&after=${after}`}`);
        seen.push(...idsOf(body));
        after = body.next ?? after;
        if (body.messages.length === 0 && last) break;
        last = isDone && body.messages.length === 0;
      }
      const sent = (await writing).map((answer) => answer.body.message_id);
      expect(seen.length).toBe(60);
      expect([...seen].sort()).toEqual([...sent].sort());
    } finally {
      await other.close();
    }
  });
});

describe('long polling', () => {
  it('ENV-89 returns at once when there is something, and when something comes; else after the wait', async () => {
    const { person, token, ids } = await withMail(1);
    const { body } = await person.asks('GET', '/api/v1/message?wait=20');
    expect(idsOf(body)).toEqual(ids);
    const began = Date.now();
    const waiting = person.asks('GET', `/api/v1/message?wait=20&after=${body.next}`);
    await pause(150);
    const sent = await deliver(app, packetFor(person, token));
    const woken = await waiting;
    expect(idsOf(woken.body)).toEqual([sent.body.message_id]);
    expect(Date.now() - began).toBeLessThan(10_000);
    const empty = Date.now();
    expect((await person.asks('GET', `/api/v1/message?wait=1&after=${woken.body.next}`)).body).toEqual({ messages: [], next: null });
    expect(Date.now() - empty).toBeGreaterThanOrEqual(950);
  });

  it('ENV-89 hears of what another server stores', async () => {
    const { person, token } = await withMail(0);
    const other = await startApp({ db: app.db, clock });
    try {
      const waiting = person.asks('GET', '/api/v1/message?wait=20');
      await pause(100);
      const sent = await deliver(other, packetFor(person, token));
      expect(idsOf((await waiting).body)).toEqual([sent.body.message_id]);
    } finally {
      await other.close();
    }
  });

  it('ENV-89 many who wait hold no connection to the database', async () => {
    const { person, token } = await withMail(0);
    const others = await Promise.all(Array.from({ length: 6 }, () => withMail(0)));
    const waiting = others.flatMap(({ person: one }) => Array.from({ length: 10 }, () => one.asks('GET', '/api/v1/message?wait=3')));
    const watch = app.app.get(MailboxWatch, { strict: false });
    while (watch.size < 60) await pause(10);
    const { pool } = app.app.get(Database, { strict: false });
    await pause(100);
    expect(pool.totalCount).toBeLessThanOrEqual(6);
    expect(pool.waitingCount).toBe(0);
    const began = Date.now();
    expect((await deliver(app, packetFor(person, token))).status).toBe(201);
    expect(Date.now() - began).toBeLessThan(2500);
    expect((await Promise.all(waiting)).every(({ body }) => body.messages.length === 0)).toBe(true);
    expect(watch.size).toBe(0);
  });

  it('ENV-89 does not spin where what came is gone again', async () => {
    const { person, ids } = await withMail(3);
    for (const id of ids) await person.asks('DELETE', `/api/v1/message/${id}`);
    const began = Date.now();
    expect((await person.asks('GET', '/api/v1/message?wait=1')).body.messages).toEqual([]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(950);
  });
});

describe('the stream', () => {
  const open: EventStream[] = [];
  const stream = async (person: Person, last?: string, on: TestApp = app): Promise<EventStream> => {
    const one = await EventStream.open(on.url, person.session, last);
    open.push(one);
    return one;
  };
  afterAll(() => open.forEach((one) => one.close()));

  it('ENV-90 begins at once, and tells what is there and what comes', async () => {
    const { person, token, ids } = await withMail(2);
    const one = await stream(person);
    expect([one.status, one.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await one.until(() => one.comments.length > 0);
    await one.until(() => one.events.length === 2);
    expect(one.events.map(({ event, data }) => [event, data.message_id, data.packet])).toEqual(ids.map((id) => ['message', id, undefined]));
    const sent = await deliver(app, packetFor(person, token));
    await one.until(() => one.events.length === 3);
    expect(one.events[2]).toMatchObject({ id: one.events[2]!.data.cursor, data: { message_id: sent.body.message_id, acked_at: null } });
  });

  it('ENV-90 goes on where Last-Event-ID says: nothing lost and nothing twice over fifty cuts', async () => {
    const { person, token } = await withMail(0);
    const sent: string[] = [];
    const seen: string[] = [];
    let isDone = false;
    const writing = (async () => {
      for (let i = 0; i < 120; i += 1) {
        sent.push((await deliver(app, packetFor(person, token))).body.message_id);
        await pause(5);
      }
      isDone = true;
    })();
    let last: string | undefined;
    for (let cut = 0; cut < 50 || !isDone; cut += 1) {
      const one = await EventStream.open(app.url, person.session, last);
      await pause(10 + (cut % 5) * 8);
      one.close();
      seen.push(...one.events.map(({ data }) => data.message_id));
      last = one.lastId ?? last;
    }
    await writing;
    const rest = await stream(person, last);
    await rest.until(() => seen.length + rest.events.length >= sent.length);
    await pause(300);
    expect([...seen, ...rest.events.map(({ data }) => data.message_id)]).toEqual(sent);
  }, 60_000);

  it('ENV-90 hears of what another server stores', async () => {
    const { person, token } = await withMail(0);
    const other = await startApp({ db: app.db, clock });
    try {
      const one = await stream(person);
      await deliver(other, packetFor(person, token));
      await one.until(() => one.events.length === 1, 2000);
    } finally {
      await other.close();
    }
  });

  it('ENV-90 ends within two seconds when its session does, on any server', async () => {
    const { person } = await withMail(0);
    const other = await startApp({ db: app.db, clock });
    try {
      const [here, there] = [await stream(person), await stream(person, undefined, other)];
      expect((await person.asks('DELETE', '/api/v1/auth/session')).status).toBe(204);
      await here.until(() => here.isEnded, 2000);
      await there.until(() => there.isEnded, 2000);
    } finally {
      await other.close();
    }
  });

  it('ENV-90 ends when its owner leaves, and when the server shuts down', async () => {
    const { person } = await withMail(0);
    const one = await stream(person);
    await person.asks('DELETE', '/api/v1/user/me');
    await one.until(() => one.isEnded, 2000);
    const brief = await startApp({ db: app.db, clock });
    const second = await newPerson(brief);
    const other = await stream(second, undefined, brief);
    await brief.close();
    await other.until(() => other.isEnded, 2000);
  });

  it('ENV-90 refuses a cursor that is none, and HEAD', async () => {
    const { person } = await withMail(0);
    expect((await person.asks('GET', '/api/v1/message/stream', undefined, { 'Last-Event-ID': 'nonsense' })).body.error).toBe('malformed_request');
    expect((await person.asks('HEAD', '/api/v1/message/stream')).status).toBe(405);
  });

  it('ENV-90 a listener that never reads holds nothing up and little memory', async () => {
    const { person, token } = await withMail(0);
    const url = new URL(app.url);
    const deaf = connect(Number(url.port), url.hostname);
    deaf.pause();
    deaf.write(`GET /api/v1/message/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${person.session}\r\n\r\n`);
    const reader = await stream(person);
    for (let i = 0; i < 40; i += 1) await deliver(app, packetFor(person, token));
    await reader.until(() => reader.events.length === 40);
    deaf.destroy();
  });
});

describe('single messages', () => {
  it('ENV-91 are read, acknowledged once and again, and deleted once', async () => {
    const { person, ids } = await withMail(2);
    const path = `/api/v1/message/${ids[0]}`;
    expect((await person.asks('GET', path)).body.message_id).toBe(ids[0]);
    expect([(await person.asks('POST', `${path}/ack`)).status, (await person.asks('POST', `${path}/ack`)).status]).toEqual([204, 204]);
    const acked = (await person.asks('GET', path)).body.acked_at;
    expect(acked).toMatch(/Z$/);
    clock.advance(5000);
    await person.asks('POST', `${path}/ack`);
    expect((await person.asks('GET', path)).body.acked_at).toBe(acked);
    expect([(await person.asks('DELETE', path)).status, (await person.asks('DELETE', path)).status, (await person.asks('GET', path)).status, (await person.asks('POST', `${path}/ack`)).status]).toEqual([204, 404, 404, 404]);
    expect(idsOf((await person.asks('GET', '/api/v1/message')).body)).toEqual([ids[1]]);
  });

  it('ENV-91 many are acknowledged at once', async () => {
    const { person, ids } = await withMail(3);
    expect((await person.asks('POST', '/api/v1/message/ack', { message_ids: [ids[0], ids[2], ids[0], 'a'.repeat(26)] })).status).toBe(204);
    const { messages } = (await person.asks('GET', '/api/v1/message?fields=meta')).body;
    expect(messages.map(({ acked_at }: { acked_at: string | null }) => acked_at !== null)).toEqual([true, false, true]);
    for (const wrong of [{}, { message_ids: 'x' }, { message_ids: ['x'] }, { message_ids: [5] }, { message_ids: Array(501).fill(ids[0]) }]) {
      expect((await person.asks('POST', '/api/v1/message/ack', wrong)).body.error).toBe('malformed_request');
    }
    expect((await person.asks('POST', '/api/v1/message/ack', { message_ids: Array(500).fill(ids[0]) })).status).toBe(204);
  });

  it('ENV-91 with delete_on_ack only the tombstone stays', async () => {
    const { person, token, ids } = await withMail(2);
    await person.asks('PATCH', '/api/v1/user/me', { delete_on_ack: true });
    expect((await person.asks('POST', `/api/v1/message/${ids[0]}/ack`)).status).toBe(204);
    expect((await person.asks('POST', '/api/v1/message/ack', { message_ids: [ids[1]] })).status).toBe(204);
    expect((await person.asks('GET', '/api/v1/user/me')).body.usage).toEqual({ messages: 0, bytes: 0 });
    expect(await app.sql("SELECT 1 FROM messages m JOIN mailboxes b ON b.id = m.home_box JOIN users u ON u.id = b.user_id WHERE u.envelope_user_id = $1", [person.userId])).toEqual([]);
    expect((await deliver(app, packetFor(person, token))).status).toBe(201);
  });

  it('ENV-92 those of others are not there', async () => {
    const { ids } = await withMail(1);
    const { person: stranger } = await withMail(0);
    for (const [method, path] of [['GET', ids[0]], ['DELETE', ids[0]], ['POST', `${ids[0]}/ack`], ['GET', 'nonsense'], ['GET', '%00']] as const) {
      expect((await stranger.asks(method, `/api/v1/message/${path}`)).status).toBe(404);
    }
    expect((await stranger.asks('POST', '/api/v1/message/ack', { message_ids: ids })).status).toBe(204);
    expect((await app.sql('SELECT read_at FROM deliveries WHERE wire_id = $1', [ids[0]]))).toEqual([{ read_at: null }]);
  });

  it('ENV-86 mail goes when its days are over', async () => {
    const { person, token, ids } = await withMail(2);
    await person.asks('PATCH', '/api/v1/user/me', { retention_days: 2 });
    clock.advance(DAY_MS);
    const young = (await deliver(app, packetFor(person, token))).body.message_id;
    clock.advance(DAY_MS + 1);
    await app.app.get(MailRetention, { strict: false }).sweep();
    expect(idsOf((await person.asks('GET', '/api/v1/message')).body)).toEqual([young]);
    expect((await person.asks('GET', '/api/v1/user/me')).body.usage.messages).toBe(1);
    expect(ids).toHaveLength(2);
  });

  it('counts are what counting would give, after everything at once', async () => {
    const { person, token, ids } = await withMail(12);
    await Promise.all([
      ...ids.slice(0, 6).flatMap((id) => [person.asks('DELETE', `/api/v1/message/${id}`), person.asks('DELETE', `/api/v1/message/${id}`)]),
      ...Array.from({ length: 10 }, () => deliver(app, packetFor(person, token))),
    ]);
    const { usage } = (await person.asks('GET', '/api/v1/user/me')).body;
    const [real] = await app.sql(
      `SELECT count(*)::int AS messages, sum(octet_length(m.body) + octet_length(d.wrapped_key))::int AS bytes FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
       JOIN mailboxes b ON b.id = d.recipient_id JOIN users u ON u.id = b.user_id WHERE u.envelope_user_id = $1`, [person.userId]);
    expect(usage).toEqual(real);
    expect(usage.messages).toBe(16);
  });
});

it('ENV-47 the path of deliveries knows POST and GET alone', async () => {
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const answer = await ask(app, { method, path: '/api/v1/message', body: {} });
    expect([answer.status, answer.body.error]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  }
});

import { type Answer, faultsOf, type Loose, newFriends, type PmUser } from '../../support/clients/pm.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const PUBLIC_URL = 'https://post.example';
const clock = new TestClock();
const outcome = (answer: Answer) => [answer.status, faultsOf(answer)];
const sidsOf = (answer: Answer): string[] => answer.body.results.map((item: Loose) => item.sid);

let app: TestApp;
let mira: PmUser;
let jonas: PmUser;
let olga: PmUser;
beforeAll(async () => {
  app = await startApp({ clock, env: { PUBLIC_URL } });
});
beforeEach(async () => {
  clock.advance(3_600_000);
  [mira, jonas, olga] = (await newFriends(app, 3)) as [PmUser, PmUser, PmUser];
});
afterAll(() => app.close());

const follow = (who: PmUser, url: string) => who.asks('GET', url.slice(PUBLIC_URL.length));

describe('unseen counts', () => {
  test('PM-90 count messages that nobody was told of yet; the same number stands in me', async () => {
    expect(await jonas.unseen()).toBe(0);
    for (const from of [mira, mira, olga]) await from.wrote(jonas, 'Hello');
    expect((await jonas.asks('GET', '/api/v2/notification/unseen/count/')).body).toEqual({ count: 3 });
    expect((await jonas.asks('GET', '/api/v2/user/me/')).body).toMatchObject({ unseen_interactions_counter: 3, unseen_notification_banners_counter: 0 });
    expect(await mira.unseen()).toBe(0);
    await jonas.reads(olga);
    expect(await jonas.unseen()).toBe(2);
  });
});

describe('the list', () => {
  test('PM-91 newest first, a list of one each, in the form clients take', async () => {
    const first = await mira.wrote(jonas, 'First');
    clock.advance(1000);
    const second = await olga.wrote(jonas, 'Second');
    const { status, body } = await jonas.notifications();
    expect(status).toBe(200);
    expect(body).toEqual({
      next: null,
      previous: null,
      results: [second, first].map((message) => ({
        is_new: true,
        sid: String(message.id),
        aggregated: [{
          is_new: true, sid: String(message.id), type: 'private_message', active_at: message.created_at,
          message: expect.objectContaining({ id: message.id, message: message.message, group: null, thread_id: message.thread_id }),
        }],
      })),
    });
    expect(await mira.notifications()).toMatchObject({ body: { results: [] } });
  });

  test('PM-91 listing marks what it lists as read, and still shows the old value', async () => {
    for (const text of ['one', 'two', 'three']) await mira.wrote(jonas, text);
    const isNew = (answer: Answer) => answer.body.results.map((item: Loose) => [item.is_new, item.aggregated[0].is_new]);
    expect(isNew(await jonas.notifications('?limit=2'))).toEqual([[true, true], [true, true]]);
    expect(await jonas.unseen()).toBe(1);
    expect(isNew(await jonas.notifications())).toEqual([[false, false], [false, false], [true, true]]);
    expect(await jonas.unseen()).toBe(0);
    // being told is not reading
    expect((await jonas.snippetOf(mira)).thread_status).toBe('new');
    const read = await app.sql('SELECT 1 FROM deliveries d JOIN mailboxes b ON b.id = d.recipient_id WHERE b.user_id = $1 AND d.read_at IS NOT NULL', [jonas.id]);
    expect(read).toEqual([]);
  });

  test('PM-21 PM-91 cursors lead on and back, without a count', async () => {
    const sids: string[] = [];
    for (let number = 1; number <= 7; number += 1) sids.unshift(String((await mira.wrote(jonas, `m${number}`)).id));
    const first = await jonas.notifications('?limit=3');
    expect([sidsOf(first), first.body.previous, 'count' in first.body]).toEqual([sids.slice(0, 3), null, false]);
    expect(new URL(first.body.next).searchParams.get('next_id')).toBe(sids[2]);
    const second = await follow(jonas, first.body.next);
    const third = await follow(jonas, second.body.next);
    expect([sidsOf(second), sidsOf(third), third.body.next]).toEqual([sids.slice(3, 6), sids.slice(6), null]);
    const back = await follow(jonas, third.body.previous);
    expect([sidsOf(back), sidsOf(await follow(jonas, back.body.previous)), sidsOf(await follow(jonas, back.body.next))]).toEqual([sids.slice(3, 6), sids.slice(0, 3), sids.slice(6)]);
    expect((await follow(jonas, back.body.previous)).body.previous).toBeNull();
    // where both are given, previous_id counts
    expect(sidsOf(await jonas.notifications(`?limit=2&next_id=${sids[5]}&previous_id=${sids[4]}`))).toEqual(sids.slice(2, 4));
    for (const odd of ['?next_id=x', '?next_id=undefined', '?previous_id=-1', '?next_id=99999999999999999999', '?limit=x']) {
      expect([odd, (await jonas.notifications(odd)).status, sidsOf(await jonas.notifications(odd)).length]).toEqual([odd, 200, 7]);
    }
    expect((await jonas.notifications(`?next_id=${sids[6]}`)).body).toEqual({ next: null, previous: null, results: [] });
  });

  test('PM-93 PM-61 what was read with its thread is not new, what was taken back is shown as such or not at all', async () => {
    const early = await mira.wrote(jonas, 'early');
    const late = await mira.wrote(jonas, 'late');
    await mira.takesBack(early.id);
    clock.advance(60_000);
    await mira.takesBack(late.id);
    expect((await jonas.notifications()).body.results.map((item: Loose) => item.aggregated[0].message.status)).toEqual(['hidden']);
    await olga.wrote(jonas, 'Hello');
    await jonas.reads(olga);
    expect((await jonas.notifications()).body.results[0].is_new).toBe(false);
    await jonas.clears(olga);
    expect((await jonas.notifications()).body.results.length).toBe(1);
  });
});

describe('marking', () => {
  test('PM-92 marks those that are named, as text or number; others and unknown ones are ignored', async () => {
    const ids: number[] = [];
    for (const text of ['one', 'two', 'three']) ids.push((await mira.wrote(jonas, text)).id);
    const foreign = await mira.wrote(olga, 'hers');
    const { status, text } = await jonas.asks('POST', '/api/v2/notification/read/', { sids: [String(ids[0]), ids[1], String(foreign.id), 'x', '', null, {}, -1, 1.5, '7310009001', 1e20] });
    expect([status, text, await jonas.unseen(), await olga.unseen()]).toEqual([204, '', 1, 1]);
    expect((await jonas.asks('POST', '/api/v2/notification/read/', { sids: [] })).status).toBe(204);
  });

  test('PM-92 PM-10 no list, or one without end: 400', async () => {
    for (const [sids, code] of [[undefined, 'required'], [null, 'required'], ['1', 'invalid'], [{}, 'invalid'], [Array(1001).fill('1'), 'max_length']] as const) {
      expect(outcome(await jonas.asks('POST', '/api/v2/notification/read/', { sids }))).toEqual([400, [`sids: ${code}`]]);
    }
  });
});

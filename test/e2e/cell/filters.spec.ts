import fc from 'fast-check';
import { MESSAGE_SETS } from '../../../src/dialects/cell/messages/message.sets.js';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { insertReceived, MESSAGE_TEXTS } from '../../support/many-messages.js';
import { fulfils, madeFilters, type Row } from '../../support/odata.js';

/** The whole run is 100,000; a few thousand are enough to find what a change broke. */
const RUNS = Number(process.env['CELL_FILTERS'] ?? 1500);
const MESSAGES = 10_000;
/** at most, on a machine that does nothing else; tests run beside others */
const SLOWEST_MS = 200;
const PATIENCE = process.env['CELL_FILTERS_ALONE'] === '1' ? 1 : 5;

let t: TestApp;
let rows: Row[];
let others: Row[];
beforeAll(async () => {
  t = await startApp();
  const places = [
    { cell: '11', boxId: '12', box: { id: '13', name: 'orch' }, name: 'ada' },
    { cell: '21', boxId: '22', box: { id: '23', name: 'orch' }, name: 'bob' },
  ] as const;
  for (const { cell, boxId, box, name } of places) {
    await t.sql('INSERT INTO cells (id, name, created_at) VALUES ($1, $2, now())', [cell, name]);
    await t.sql("INSERT INTO mailboxes (id, kind, cell_id, created_at) VALUES ($1, 'cell', $2, now())", [boxId, cell]);
    await t.sql('INSERT INTO cell_boxes (id, cell_id, name, published_at, updated_at) VALUES ($1, $2, $3, now(), now())', [box.id, cell, box.name]);
  }
  rows = await insertReceived(t.db, { ...places[0], firstId: 1n, count: MESSAGES, mark: 'aa' });
  others = await insertReceived(t.db, { ...places[1], firstId: 1_000_000n, count: 1000, mark: 'bb' });
}, 120_000);
afterAll(() => t.close());

async function list(cell: string, query: string): Promise<{ status: number; count: number; ids: string[]; ms: number }> {
  const begun = performance.now();
  const response = await fetch(`${t.url}/${cell}/__ctl/ReceivedMessage?${query}`, { headers: { authorization: `Bearer ${TEST_SECRETS.POLYPOST_ADMIN_TOKEN}` } });
  const body = (await response.json()) as { d?: { __count?: string; results: { __id: string }[] } };
  return { status: response.status, count: Number(body.d?.__count), ids: body.d?.results.map(({ __id }) => __id) ?? [], ms: performance.now() - begun };
}

describe('CELL-64 filters made from the grammar', () => {
  it('find over 10,000 messages exactly what fulfils them, in this cell alone, and soon', async () => {
    const slow: { ms: number; text: string }[] = [];
    let found = 0;
    await fc.assert(
      fc.asyncProperty(madeFilters(MESSAGE_SETS.received, MESSAGE_TEXTS), fc.boolean(), async ({ text, condition }, downwards) => {
        const { status, count, ids, ms } = await list('ada', `$select=__id&$inlinecount=allpages&$orderby=__published%20${downwards ? 'desc' : 'asc'}&$filter=${encodeURIComponent(text)}`);
        const wanted = rows.filter((row) => fulfils(row, condition)).map(({ id }) => String(id));
        if (downwards) wanted.reverse();
        expect([text, status, count, ids]).toEqual([text, 200, wanted.length, wanted.slice(0, 25)]);
        found += Math.min(1, wanted.length);
        if (ms > SLOWEST_MS) slow.push({ ms: Math.round(ms), text });
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    const slowest = slow.sort((a, b) => b.ms - a.ms).slice(0, 10);
    expect(slowest.filter(({ ms }) => ms > SLOWEST_MS * PATIENCE)).toEqual([]);
    if (slowest.length > 0) process.stderr.write(`filters slower than ${SLOWEST_MS} ms: ${slow.length} of ${RUNS}; ${JSON.stringify(slowest)}\n`);
    // filters that never find anything would prove little
    expect(found).toBeGreaterThan(RUNS / 4);
  }, 7_200_000);

  it('that are attacks find nothing but what they say', async () => {
    const attacks = [
      "Title eq 'x'' or 1=1 --'", "Title eq 'x''); DROP TABLE cell_copies; --'", "substringof('%',Title)", "startswith(Title,'\\\\')", "__id eq '' or __id eq 'bb000000000000000000000000000000'",
      "Title eq '$1'", "Title eq '\u0000'", "Title ge '' and Title le '\u{10ffff}'", `From eq '${'x'.repeat(1900)}'`, "Priority eq 99999999999999999999999999", "__published lt datetimeoffset'9999-12-31T23:59:59Z'",
    ];
    for (const text of attacks) {
      const { status, ids, count } = await list('ada', `$inlinecount=allpages&$top=10000&$select=__id&$filter=${encodeURIComponent(text)}`);
      expect([text, status, ids.length]).toEqual([text, 200, count]);
      expect(ids.filter((id) => !id.startsWith('aa'))).toEqual([]);
    }
    expect((await list('bob', '$top=0&$inlinecount=allpages')).count).toBe(others.length);
  });

  it('and orders, pages and words of any kind never end in an error of the server', async () => {
    const query = fc.record(
      {
        $orderby: fc.array(fc.tuple(fc.constantFrom(...MESSAGE_SETS.received.properties.keys(), 'Nothing'), fc.constantFrom('', ' asc', ' desc', ' up')), { maxLength: 3 }).map((parts) => parts.map((part) => part.join('')).join(',')),
        $top: fc.oneof(fc.integer({ min: -1, max: 200 }).map(String), fc.constant('x')),
        $skip: fc.oneof(fc.integer({ min: -1, max: 100_001 }).map(String), fc.constant('')),
        q: fc.oneof(fc.constantFrom(...MESSAGE_TEXTS), fc.string({ unit: 'binary', maxLength: 12 })),
        $inlinecount: fc.constantFrom('allpages', 'none', 'x'),
        $filter: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom("Type eq 'message'", "Status eq 'unread' and", '(')),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(query, async (options) => {
        const { status, ids } = await list('bob', Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'));
        expect([200, 400]).toContain(status);
        expect(ids.filter((id) => !id.startsWith('bb'))).toEqual([]);
      }),
      { numRuns: Math.min(RUNS, 500) },
    );
  }, 300_000);
});

import pg from 'pg';
import { ConversationsRepository } from '../../../src/storage/repositories/conversations.repository.js';
import { type Sql, type Statement } from '../../../src/storage/sql.js';
import { openStore, type TestStore } from '../../support/store.js';

const OTHERS = 400;
const MESSAGES = 3_000;
let t: TestStore;
let client: pg.Client;

/** Box 1 wrote 3,000 messages to 400 others, and five to box 2 before all of them. */
beforeAll(async () => {
  t = await openStore();
  client = new pg.Client(t.db.url);
  await client.connect();
  for (const table of ['messages', 'deliveries', 'conversations']) await t.db.sql(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`);
  const talk = (to: string) =>
    t.store.append(
      t.message({
        space: 'social', wireId: null, senderId: '1', peerId: to,
        deliveries: [{ recipientId: to, wireId: null, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null }],
      }),
    );
  for (let index = 0; index < 5; index += 1) await talk('2');
  await Promise.all(Array.from({ length: MESSAGES }, (_, index) => talk(String(3 + (index % OTHERS)))));
});
afterAll(async () => {
  await client.end();
  await t.close();
});

/** What a question of the repository reads, as PostgreSQL carries out the plan it keeps for all parameters. */
async function buffersOf(ask: (repository: ConversationsRepository) => Promise<unknown>): Promise<{ rows: number; buffers: number; indexes: string[] }> {
  const asked: [Statement, readonly unknown[]][] = [];
  const all = async (what: Statement, values: readonly unknown[]) => (asked.push([what, values]), []);
  const noted = { all, one: async (what: Statement, values: readonly unknown[]) => (await all(what, values), null) };
  await ask(new ConversationsRepository(noted as unknown as Sql));
  const [what, values] = asked[0]!;
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  await client.query(`PREPARE question AS ${what.text}`);
  const literals = values.map((value) => client.escapeLiteral(String(value))).join(', ');
  const explain = `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE question(${literals})`;
  await client.query(explain);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explain);
  await client.query('DEALLOCATE question');
  const plan = rows[0]!['QUERY PLAN'][0];
  return { rows: plan.Plan['Actual Rows']!, buffers: plan.Plan['Shared Hit Blocks']! + plan.Plan['Shared Read Blocks']!, indexes: [...JSON.stringify(plan).matchAll(/"Index Name":"(\w+)"/g)].map((match) => match[1]!) };
}

describe.each([['without statistics', false], ['with statistics', true]])('plans %s', (_name, analyzed) => {
  beforeAll(async () => {
    if (analyzed) await t.db.sql('ANALYZE');
  });

  it('PM-52 a page of a short conversation reads its own rows, whatever its owner wrote to others', async () => {
    const { rows, buffers, indexes } = await buffersOf((asks) => asks.page('1', 'social', '2', { skip: 0, take: 20 }));
    expect(rows).toBe(5);
    expect(indexes).toContain('messages_talk_idx');
    expect(indexes).not.toContain('conversations_recent_idx');
    // some 20 a message: its row, its delivery, both sides of the conversation, its file
    expect(buffers).toBeLessThan(200);
  });

  it('PM-52 the other side reads as little', async () => {
    const { rows, buffers, indexes } = await buffersOf((asks) => asks.page('2', 'social', '1', { skip: 0, take: 20 }));
    expect(rows).toBe(5);
    expect(indexes).toContain('deliveries_talk_idx');
    expect(buffers).toBeLessThan(200);
  });
});

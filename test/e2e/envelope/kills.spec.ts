import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { type ServerProcess, Site } from '../../support/process.js';
import { EventStream } from './event-stream.js';
import { ask, bodyFor, newPerson, newToken, packetFor, type Person, post, type Sealed } from './people.js';

const KILLS = 5;
let db: TestDatabase;
let site: Site;
let server: ServerProcess;
beforeAll(async () => {
  db = await createDatabase();
  site = await Site.open({ databaseUrl: db.url, env: { ENVELOPE_RSA_BITS: '2048' } });
  server = await site.start();
}, 60_000);
afterAll(async () => {
  await site.close();
  await db.drop();
}, 60_000);

/** Repeats a body until the server has said that it is stored. */
async function insist(body: Sealed): Promise<string> {
  for (;;) {
    try {
      const answer = await post({ url: site.url }, body);
      if (answer.status === 201 || answer.status === 200) return answer.body.message_id;
      if (answer.status < 500) throw new Error(`refused: ${answer.text}`);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('refused')) throw error;
    }
    await sleep(20);
  }
}

/** Reads the stream, and comes back with the last id whenever it breaks. */
async function followStream(person: Person, isOver: () => boolean, seen: string[]): Promise<void> {
  let last: string | undefined;
  while (!isOver()) {
    const stream = await EventStream.open(site.url, person.session, last).catch(() => null);
    if (stream?.status !== 200) {
      stream?.close();
      await sleep(20);
      continue;
    }
    while (!stream.isEnded && !isOver()) await sleep(10);
    stream.close();
    for (const event of stream.events) seen.push(event.data.message_id);
    last = stream.lastId ?? last;
  }
}

/** The same by long polling. */
async function followList(person: Person, isOver: () => boolean, seen: string[]): Promise<void> {
  for (let after = 'c0'; !isOver(); ) {
    const answer = await ask({ url: site.url }, { path: `/api/v1/message?wait=1&limit=5&fields=meta&after=${after}`, session: person.session }).catch(() => null);
    if (answer?.status !== 200) {
      await sleep(20);
      continue;
    }
    for (const item of answer.body.messages) seen.push(item.message_id);
    after = answer.body.next ?? after;
  }
}

it('ENV-62 ENV-65 ENV-89 ENV-90 over five killed servers everything acknowledged is there once, and each reader is told of it once', async () => {
  const bob = await newPerson({ url: site.url });
  const { token } = await newToken(bob, { per_minute: 100_000, per_day: 1_000_000 });
  const [streamed, listed]: [string[], string[]] = [[], []];
  const acknowledged: string[] = [];
  let isWritten = false;
  let isOver = false;
  const readers = Promise.all([followStream(bob, () => isOver, streamed), followList(bob, () => isOver, listed)]);
  // sealed while the server is there; sent whenever it is
  const bodies = await Promise.all(Array.from({ length: 400 }, () => bodyFor({ url: site.url }, packetFor(bob, token))));
  const queue = [...bodies];
  const writers = Promise.all(Array.from({ length: 4 }, async () => {
    for (let body = queue.shift(); body && !isWritten; body = queue.shift()) {
      acknowledged.push(await insist(body));
      await sleep(5);
    }
  }));
  for (let kill = 0; kill < KILLS; kill += 1) {
    // in the middle of the writing, however slow the machine is
    const enough = acknowledged.length + 8 + kill;
    while (acknowledged.length < enough) await sleep(5);
    await server.signal('SIGKILL');
    server = await site.start();
  }
  await sleep(300);
  isWritten = true;
  await writers;
  const stored = (await db.sql<{ wire_id: string }>("SELECT wire_id FROM deliveries WHERE space = 'envelope' ORDER BY arrival")).map((row) => row.wire_id);
  for (let waited = 0; listed.length < stored.length && waited < 20_000; waited += 50) await sleep(50);
  await sleep(700);
  isOver = true;
  await readers;
  expect(acknowledged.length).toBeGreaterThan(40);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([]);
  expect(listed).toEqual(stored);
  expect(streamed).toEqual(stored);
  expect(site.troubles).toEqual([]);
}, 120_000);

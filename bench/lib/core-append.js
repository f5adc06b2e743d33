// Runs as a process of its own: the write path without any HTTP, as fast as its senders drive it.
import 'reflect-metadata';
import { Database } from '../../dist/src/storage/database.js';
import { Store } from '../../dist/src/storage/store.js';
import { SystemClock } from '../../dist/src/kernel/clock.js';
import { TimeOrderedIds } from '../../dist/src/kernel/id-source.js';

/** As many as the HTTP rows have connections. */
const SENDERS = 32;
const BOXES = 1000;

const database = await Database.connect({ url: process.env.BENCH_URL, poolMax: 16 });
const clock = new SystemClock();
const ids = new TimeOrderedIds(clock);
const store = new Store(database, clock, ids);
const body = Buffer.alloc(704, 7);

function letter() {
  const from = String(1 + Math.floor(Math.random() * BOXES));
  const to = String(1 + Math.floor(Math.random() * BOXES));
  const id = ids.next();
  return {
    id, homeBox: from, space: 'bench', wireId: id, senderId: from, contentKind: 'sealed', subject: '', body, preview: null,
    algorithm: 'none', senderKey: null, inReplyTo: null, details: {}, createdAt: new Date(clock.now()),
    deliveries: [{ recipientId: to, wireId: id, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null }],
    relations: [], spends: [], once: null, peerId: null, attachments: [],
    counts: [{ boxId: to, label: 'inbox', delta: 1 }, { boxId: from, label: 'sent', delta: 1 }],
    events: [{ boxId: to, id: ids.next(), kind: 'message.received' }, { boxId: from, id: ids.next(), kind: 'message.sent' }],
  };
}

process.on('message', async ({ seconds }) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  const latencies = [];
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (performance.now() < end) {
        const sent = performance.now();
        await store.append(letter());
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const used = process.cpuUsage(cpu);
  process.send({ count: latencies.length, seconds: (performance.now() - start) / 1000, latencies, cpuMicros: used.user + used.system });
});
process.send({ ready: true });

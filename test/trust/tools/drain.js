import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { bearer } from '../drivers/social.js';
import { LiveSocket } from '../support/live-socket.js';
import { Seeded } from '../support/seeded.js';
import { Site } from '../support/site.js';
import { brief, Pool, Wire } from '../support/wire.js';

/** ten seconds are promised; a machine that is at work on other things adds to them */
const EXIT_MS_MAX = 25_000;
const CLOSE_MS_MAX = 10_000;
const PEOPLE = 4;

export const promise = 'P9: a stop answers what was accepted';
export const options = { runs: 5, senders: 64, listeners: 20, uploads: 4 };

/**
 * SIGTERM in the middle of senders that keep their connections, of slow uploads and live listeners. What was
 * on its way before the signal must be answered, and what was acknowledged must be there afterwards.
 */
export async function run({ seed, program, runs, senders, listeners, uploads }) {
  const chance = new Seeded(seed, 'drain');
  const site = await Site.open({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) });
  const violations = [];
  const figures = { exitMs: [], answered: 0, afterSignal: 0, listenersTold: 0, uploadsAnswered: 0 };
  try {
    await site.start();
    const pool = new Pool(site.url, 8);
    const world = { site, pool };
    const casts = new Map();
    for (const driver of drivers) casts.set(driver.name, await driver.people(world, PEOPLE));
    pool.close();
    const book = { acks: 0 };
    for (let nth = 0; nth < runs; nth += 1) {
      if (nth > 0) await site.start();
      await oneRun({ site, world, casts, chance, senders, listeners, uploads, violations, figures, book, nth });
    }
    await site.start();
    await compare(site, casts, violations, book);
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
  } finally {
    await site.close();
  }
  figures.exitMs = { max: Math.max(...figures.exitMs), all: figures.exitMs };
  return { promise, tried: `stops under ${senders} senders, ${listeners} listeners, ${uploads} uploads`, count: runs, violations, figures };
}

async function oneRun({ site, world, casts, chance, senders, listeners, uploads, violations, figures, book, nth }) {
  const state = { isEnding: false };
  const [reader] = casts.get('pm');
  const sockets = [];
  for (let i = 0; i < listeners; i += 1) sockets.push(await LiveSocket.open(site.port, reader.token));
  const sending = Array.from({ length: senders }, (_, i) => sender({ site, world, casts, chance: chance.fork(`${nth} ${i}`), state, violations, figures, book }, i));
  const bringing = Array.from({ length: uploads }, () => slowUpload(site, casts.get('pm')[1]));
  await sleep(400 + chance.below(300));
  state.isEnding = true;
  const begun = performance.now();
  const { code, signal } = await site.stop('SIGTERM');
  const ms = Math.round(performance.now() - begun);
  figures.exitMs.push(ms);
  if (code !== 0) violations.push(`run ${nth}: the server ended with ${code ?? signal}`);
  if (ms > EXIT_MS_MAX) violations.push(`run ${nth}: the server took ${ms} ms to end`);
  await Promise.all(sending);
  for (const outcome of await Promise.all(bringing)) {
    if (outcome.kind === 'answered' && (outcome.status === 200 || outcome.status === 503)) figures.uploadsAnswered += 1;
    else violations.push(`run ${nth}: an upload on its way was left with ${brief(outcome)}`);
  }
  for (const socket of sockets) {
    for (const until = performance.now() + CLOSE_MS_MAX; socket.closeCode === null && performance.now() < until; ) await sleep(10);
    if (socket.closeCode === 1001 || socket.closeCode === 1012) figures.listenersTold += 1;
    else violations.push(`run ${nth}: a listener was left with ${socket.closeCode}`);
    socket.end();
  }
}

/** Sends on one kept connection until nobody is there. */
async function sender({ site, world, casts, chance, state, violations, figures, book }, i) {
  const driver = drivers[i % drivers.length];
  const people = casts.get(driver.name);
  const wire = new Wire(site.url);
  for (;;) {
    const [from, to] = chance.shuffled(people);
    const wasEarly = !state.isEnding;
    const outcome = await driver.mail((request) => wire.ask(request), { from, to, text: `${chance.word(20)}`, key: null, file: null }, world);
    if (outcome.kind === 'answered' && driver.sentOf(outcome)) {
      book.acks += 1;
      figures[wasEarly ? 'answered' : 'afterSignal'] += 1;
    } else if (outcome.kind === 'answered' && driver.isBusy(outcome)) {
      book.unsure = (book.unsure ?? 0) + 1;
    } else if (outcome.kind === 'refused') {
      break;
    } else {
      if (wasEarly || outcome.kind === 'answered') violations.push(`${driver.name}: a request on its way was left with ${brief(outcome)}`);
      // sent on a connection that was being closed at that moment: stored or not
      book.unsure = (book.unsure ?? 0) + 1;
      break;
    }
    await sleep(chance.below(6));
  }
  wire.close();
}

/** A file that takes its time: it is half on its way when the signal comes. */
function slowUpload(site, person) {
  const boundary = 'x';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="slow.bin"\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const piece = Buffer.alloc(4_000, 'a');
  const pieces = 20;
  const wire = new Wire(site.url);
  const request = `POST /api/v2/pm/upload/ HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer(person).Authorization}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${head.length + tail.length + piece.length * pieces}\r\n\r\n${head}`;
  const outcome = wire.raw(Buffer.from(request), 'POST');
  void (async () => {
    for (let at = 0; at < pieces; at += 1) {
      await sleep(60);
      wire.more(piece);
    }
    wire.more(Buffer.from(tail));
  })();
  return outcome.finally(() => wire.close());
}

async function compare(site, _casts, violations, book) {
  const [{ count }] = await site.sql('SELECT count(*)::int AS count FROM messages');
  const most = book.acks + (book.unsure ?? 0);
  if (count < book.acks || count > most) violations.push(`${count} messages are stored where ${book.acks} were acknowledged and ${most} sent`);
}

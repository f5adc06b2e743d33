// npm run bench:envelope: how many sealed packets the server takes, and what it does meanwhile. Like the other
// benchmarks no test: nothing fails here. DATABASE_URL: an empty database to use; otherwise the embedded one.
import { cpus } from 'node:os';
import { drive } from './lib/http-load.js';
import { measureOpening } from './lib/envelope-opening.js';
import { Sender, startEnvelope } from './lib/envelope.js';
import { memoryMb } from './lib/processes.js';
import { median, quantile } from './lib/stats.js';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const WANTED = new RegExp(process.env.BENCH_ROWS ?? '');
const CONNECTIONS = 16;
const PACKET_BYTES = 2048;
const LONG_POLLS = 1000;
const SUITES = ['HPKE-X25519+A256GCM', 'RSA-OAEP-256+A256GCM', 'RSA-OAEP+A256CBC-HS512'];

const server = await startEnvelope();
try {
  console.log(`${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}, RSA-3072, packets of ${PACKET_BYTES} bytes, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, medians`);
  const people = [];
  for (let i = 0; i < 24; i += 1) people.push(await server.newPerson());
  if (WANTED.test('accepted')) await measureAccepted(people);
  if (WANTED.test('opening')) await measureOpening(SUITES);
  if (WANTED.test('list')) await measureList(people[0]);
  if (WANTED.test('alike')) await measureAlike(people[0], people[1]);
  if (WANTED.test('flood')) await measureFlood(people[0]);
  if (WANTED.test('waiting')) await measureWaiting(people);
} finally {
  await server.stop();
}

async function measureAccepted(people) {
  console.log('| accepted packets | /s | p50 ms | p99 ms | p99 ms at half that rate | server CPU us | wrong |');
  console.log('|---|---|---|---|---|---|---|');
  for (const suite of SUITES) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await new Sender(server, people.slice(0, 8), suite, PACKET_BYTES).run(CONNECTIONS, SECONDS));
    const of = (key) => median(rounds.map((round) => round[key]));
    const half = await new Sender(server, people.slice(0, 8), suite, PACKET_BYTES).run(CONNECTIONS, SECONDS, of('perSecond') / 2);
    console.log(`| ${suite} | ${Math.round(of('perSecond'))} | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} | ${half.p99.toFixed(1)} | ${Math.round(of('cpuMicros'))} | ${rounds.reduce((sum, round) => sum + round.wrong, 0)} |`);
  }
}

async function measureList(person) {
  await server.fill(person, 60, PACKET_BYTES);
  const { perSecond, p50, p99, cpuMicros, failures } = await drive(server, [{ method: 'GET', path: '/api/v1/message?limit=50', headers: { authorization: `Bearer ${person.session}` } }], SECONDS);
  console.log(`list of 50 with packets: ${Math.round(perSecond)} /s, p50 ${p50} ms, p99 ${p99} ms, server CPU ${Math.round(cpuMicros)} us, wrong ${failures}`);
}

/** Two kinds of wrong tokens, one after the other: nobody may tell them apart by the clock. */
async function measureAlike(bob, carol) {
  const unknown = [];
  const foreign = [];
  for (let i = 0; i < 1000; i += 1) {
    const bodies = await server.wrongTokens(bob, carol);
    for (const [body, times] of i % 2 ? [[bodies.unknown, unknown], [bodies.foreign, foreign]] : [[bodies.foreign, foreign], [bodies.unknown, unknown]]) {
      const began = performance.now();
      const { status } = await server.post(body);
      if (i >= 50) times.push(performance.now() - began);
      if (status !== 403) throw new Error(`a wrong token got ${status}`);
    }
  }
  const [one, two] = [median(unknown), median(foreign)];
  console.log(`${unknown.length + foreign.length} interleaved requests: unknown token ${one.toFixed(3)} ms, token of somebody else ${two.toFixed(3)} ms, medians differ by ${((Math.abs(one - two) / Math.min(one, two)) * 100).toFixed(1)} %`);
}

async function measureFlood(person) {
  const read = async (ms) => {
    const times = [];
    for (const end = performance.now() + ms; performance.now() < end; ) {
      const began = performance.now();
      const answer = await fetch(`${server.url}/api/v1/message?limit=10&fields=meta`, { headers: { authorization: `Bearer ${person.session}` } });
      await answer.arrayBuffer();
      times.push(performance.now() - began);
    }
    return times;
  };
  const alone = await read(2000);
  for (const suite of SUITES.slice(0, 2)) {
    const flood = drive(server, [{ method: 'POST', path: '/api/v1/message', headers: { 'content-type': 'application/json' }, body: JSON.stringify(server.garbage(suite, PACKET_BYTES)) }], SECONDS);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const beside = await read((SECONDS - 1) * 1000);
    const { failures } = await flood;
    console.log(`reads beside a flood of garbage (${suite}, ${Math.round(failures / SECONDS)} /s refused): p50 ${quantile(beside, 0.5).toFixed(1)} ms, p99 ${quantile(beside, 0.99).toFixed(1)} ms; alone p50 ${quantile(alone, 0.5).toFixed(1)} ms, p99 ${quantile(alone, 0.99).toFixed(1)} ms`);
  }
}

async function measureWaiting(people) {
  const before = memoryMb(server.pid);
  const stop = new AbortController();
  const open = (person) => fetch(`${server.url}/api/v1/message?wait=60&after=${person.cursor}`, { headers: { authorization: `Bearer ${person.session}` }, signal: stop.signal });
  const readers = people.slice(4);
  for (const person of readers) person.cursor = await server.lastCursor(person);
  const waiting = Array.from({ length: LONG_POLLS }, (_, index) => open(readers[index % readers.length]));
  for (const one of waiting) one.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const after = memoryMb(server.pid);
  const woken = [];
  for (const person of readers.slice(0, 10)) {
    const first = waiting[readers.indexOf(person)];
    const began = performance.now();
    await server.fill(person, 1, PACKET_BYTES);
    await (await first).json();
    woken.push(performance.now() - began);
  }
  const { perSecond, p99 } = await new Sender(server, people.slice(0, 4), SUITES[0], PACKET_BYTES).run(CONNECTIONS, SECONDS);
  console.log(`${LONG_POLLS} long polls waiting: ${((after - before) * 1024 / LONG_POLLS).toFixed(1)} KB each; from delivery to answer ${median(woken).toFixed(1)} ms (largest ${Math.max(...woken).toFixed(1)}); meanwhile ${Math.round(perSecond)} packets/s, p99 ${p99.toFixed(1)} ms`);
  stop.abort();
}

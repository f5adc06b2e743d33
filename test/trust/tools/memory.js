import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { drivers } from '../drivers/index.js';
import { bearer } from '../drivers/social.js';
import { LiveSocket } from '../support/live-socket.js';
import { spread } from '../support/report.js';
import { withSite } from '../support/site.js';
import { brief, isBusy, Pool, Wire } from '../support/wire.js';

const RSS_MB_MAX = 512;
/** a second round may need this much more than the first */
const GROWTH_MB_MAX = 60;

export const promise = 'P10: memory has a bound';
export const options = { idle: 300, slow: 100, deaf: 30, gigabytes: 0.2, bombs: 20, readers: 10, rounds: 1, restSeconds: 2 };

/** Idle sockets, slow heads and bodies, bodies without end, gzip bombs, live listeners and readers who do not read; a visitor looks in all the while. */
export function run({ program, idle, slow, deaf, gigabytes, bombs, readers, rounds, restSeconds }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const pool = new Pool(site.url, 8, { isPatient: true });
    const world = { site, pool };
    const casts = new Map();
    for (const driver of drivers) casts.set(driver.name, await driver.people(world, 4));
    const violations = [];
    const watch = watchMemory(site);
    const visitor = startVisitor(world, casts, violations);
    await sleep(1_500);
    const base = watch.now();
    const figures = { baseMb: base, peaksMb: {} };
    const stage = async (name, work) => {
      watch.reset();
      await work();
      figures.peaksMb[name] = Math.max(figures.peaksMb[name] ?? 0, watch.peak());
      return watch.peak();
    };
    const peaks = [];
    for (let round = 0; round < rounds; round += 1) {
      peaks.push(await oneRound({ site, world, pool, casts, violations, figures, stage }, { idle, slow, deaf, gigabytes, bombs, readers }));
      await sleep(restSeconds * 1000);
    }
    figures.roundsMb = peaks;
    figures.restMb = watch.now();
    figures.visitor = spread(await visitor.stop());
    watch.stop();
    for (const [name, mb] of Object.entries(figures.peaksMb)) if (mb > RSS_MB_MAX) violations.push(`${name}: ${mb} MB resident`);
    if (peaks.at(-1) > peaks[0] + GROWTH_MB_MAX) violations.push(`a round takes ${peaks.join(', then ')} MB: something stays`);
    if (site.run.ended) violations.push(`the server ended: ${JSON.stringify(site.run.ended)}`);
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    pool.close();
    return { promise, tried: `${idle} idle, ${slow} slow, ${deaf} deaf, ${readers} stalled clients, ${gigabytes} GB of bodies, ${bombs} bombs`, count: idle + slow + deaf + readers + bombs, violations, figures };
  });
}

/** Every kind of client once. @returns {Promise<number>} the most megabytes of all of them */
async function oneRound({ site, world, pool, casts, violations, figures, stage }, { idle, slow, deaf, gigabytes, bombs, readers }) {
  const sockets = [];
  const peaks = [];
  peaks.push(await stage('idle sockets', async () => {
    for (let i = 0; i < idle; i += 1) sockets.push(open(site.port));
    await sleep(1_500);
  }));
  peaks.push(await stage('slow heads and bodies', async () => {
    for (let i = 0; i < slow; i += 1) sockets.push(slowly(site.port, i));
    await sleep(2_500);
  }));
  peaks.push(await stage('bodies without end', async () => {
    const paths = ['/messages', '/api/v2.0/message/send', '/api/v2/pm/upload/', '/api/v2/pm/', ...drivers.flatMap(({ bodyPaths = [] }) => bodyPaths)];
    const sent = await Promise.all(paths.map((path) => endless(site.port, path, (gigabytes * 1e9) / paths.length, casts)));
    figures.bodiesRefusedAfterMb = Math.round(Math.max(...sent) / 1e6);
  }));
  peaks.push(await stage('gzip bombs', async () => {
    const bomb = await zeros(10_000_000);
    for (let i = 0; i < bombs; i += 1) {
      const path = ['/messages', '/api/v2/pm/', '/api/v2.0/message/send'][i % 3];
      const outcome = await pool.ask({ method: 'POST', path, headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', ...bearer(casts.get('pm')[0]) }, body: bomb });
      if (outcome.kind !== 'answered' || outcome.status >= 500) violations.push(`gzip bomb on ${path}: ${brief(outcome)}`);
    }
  }));
  peaks.push(await stage('live listeners who do not listen', async () => {
    const pm = drivers.find(({ name }) => name === 'pm');
    // one user may have fifty of them
    const people = casts.get('pm');
    for (let i = 0; i < deaf; i += 1) sockets.push((await LiveSocket.open(site.port, people[i % people.length].token, { isDeaf: true })).socket);
    const text = 'x'.repeat(9_000);
    for (let i = 0; i < 200; i += 1) await pm.mail((request) => pool.ask(request), { from: people[(i + 1) % people.length], to: people[i % people.length], text, key: null, file: null }, world);
    await sleep(500);
  }));
  peaks.push(await stage('readers who do not read', async () => {
    const keyinbox = drivers.find(({ name }) => name === 'keyinbox');
    const [from, to] = casts.get('keyinbox');
    await Promise.all(Array.from({ length: 300 }, (_, i) => keyinbox.mail((request) => pool.ask(request), { from, to, text: `${i};${'y'.repeat(50_000)}`, key: null, file: null }, world)));
    const body = JSON.stringify({ private_key: to.private, pagination_data: { skip: 0, take: -1 } });
    for (let i = 0; i < readers; i += 1) {
      const socket = open(site.port);
      socket.pause();
      socket.write(`GET /messages HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      sockets.push(socket);
    }
    await sleep(2_500);
  }));
  for (const socket of sockets) socket.destroy();
  return Math.max(...peaks);
}

function open(port) {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  return socket;
}

/** A head, or a body, of one byte a second. */
function slowly(port, i) {
  const socket = open(port);
  socket.write(i % 2 ? 'POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{' : 'GET /ping HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const timer = setInterval(() => socket.write('a'), 1_000);
  socket.on('close', () => clearInterval(timer));
  return socket;
}

/** Sends a body in chunks until it is hung up on, or so many bytes. @returns {Promise<number>} bytes that went out */
function endless(port, path, bytes, casts) {
  return new Promise((resolve) => {
    const socket = open(port);
    const token = casts.get('pm')[0].token;
    const isForm = path.includes('upload');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${isForm ? 'multipart/form-data; boundary=x' : 'application/json'}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const text = isForm ? '--x\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n' : '{"private_key":"';
    socket.write(`${text.length.toString(16)}\r\n${text}\r\n`);
    const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'a'), Buffer.from('\r\n')]);
    let sent = 0;
    let isOver = false;
    const finish = () => {
      if (isOver) return;
      isOver = true;
      socket.destroy();
      resolve(sent);
    };
    socket.on('close', finish).on('error', finish).on('end', finish);
    socket.on('data', () => undefined);
    const pump = () => {
      while (!isOver && sent < bytes) {
        sent += piece.length;
        if (!socket.write(piece)) {
          socket.once('drain', pump);
          return;
        }
      }
      finish();
    };
    pump();
  });
}

/** Zeros, packed: a thousandth of their size. */
async function zeros(bytes) {
  const gzip = createGzip({ level: 9 });
  const parts = [];
  gzip.on('data', (part) => parts.push(part));
  for (let at = 0; at < bytes; at += 1_000_000) gzip.write(Buffer.alloc(1_000_000));
  gzip.end();
  await new Promise((resolve) => gzip.on('end', resolve));
  return Buffer.concat(parts);
}

function watchMemory(site) {
  const look = () => {
    try {
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${site.run.pid}/status`, 'utf8'))[1]) / 1024);
    } catch {
      return 0;
    }
  };
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, look())), 50);
  return { now: look, peak: () => peak, reset: () => (peak = look()), stop: () => clearInterval(timer) };
}

/** Somebody who uses the server as ever. */
function startVisitor(world, casts, violations) {
  const state = { isOver: false };
  const times = [];
  const work = Promise.all(drivers.map(async (driver) => {
    const wire = new Wire(world.site.url);
    const [from, to] = casts.get(driver.name).slice(2);
    while (!state.isOver) {
      const outcome = await driver.mail((request) => wire.ask(request), { from, to, text: 'still here', key: null, file: null }, world);
      if (isBusy(outcome)) await sleep(1_000);
      else if (outcome.kind !== 'answered' || !driver.sentOf(outcome)) violations.push(`${driver.name}, a visitor: ${brief(outcome)}`);
      else times.push(outcome.ms);
      await sleep(100);
    }
    wire.close();
  }));
  return {
    stop: async () => {
      state.isOver = true;
      await work;
      return times;
    },
  };
}

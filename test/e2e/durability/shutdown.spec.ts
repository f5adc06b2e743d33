import { afterAll, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn } from '../../support/embedded-family.js';
import { type ServerProcess } from '../../support/process.js';
import { Crowd } from './support/crowd.js';
import { report, Sites, type Trial } from './support/trial.js';

const CLIENTS = 64;
const EXIT_MS_MAX = 10_000;

const sites = new Sites();
afterAll(() => sites.close(), 30_000);

/** Ends the server under the load of 64 clients. @returns figures, once all promises were looked at */
async function endUnderLoad(trial: Trial, end: (server: ServerProcess) => Promise<unknown>): Promise<object> {
  const { site, first: server } = trial;
  const crowd = new Crowd(site.url, trial.cast, trial.ledger, CLIENTS).start();
  await crowd.warm();
  await sleep(300);
  const begunMs = performance.now();
  crowd.markEnd();
  const ended = await end(server);
  const exitMs = performance.now() - begunMs;
  await crowd.over();
  expect(ended).toEqual({ code: 0, signal: null });
  expect(exitMs).toBeLessThan(EXIT_MS_MAX);
  expect(crowd.strange).toEqual([]);
  expect(crowd.unansweredBefore).toEqual([]);
  expect(processesIn(site.dataDir)).toEqual([]);

  await site.start();
  const { violations, ...figures } = await trial.verdict();
  expect(violations).toEqual([]);
  // what arrived after the last look at a connection was not taken up
  expect(figures.unknownStored).toBe(0);
  expect(figures.acked).toBeGreaterThan(CLIENTS);
  expect(site.troubles).toEqual([]);
  return { ...figures, exitMs: Math.round(exitMs), late: crowd.unansweredAfter };
}

describe('P9 a stop under 64 kept-alive clients', () => {
  it('P1 answers every accepted request on SIGTERM, ends within 10 s with the database, and finds everything again', async () => {
    const trial = await sites.beginTrial();
    report('SIGTERM', await endUnderLoad(trial, (server) => server.signal('SIGTERM')));
  }, 60_000);

  it('P1 does the same on Ctrl-C, which reaches the whole group and comes twice where a parent passes it on', async () => {
    const trial = await sites.beginTrial();
    const figures = await endUnderLoad(trial, async (server) => {
      void server.signalGroup('SIGINT');
      await sleep(5);
      return server.signalGroup('SIGINT');
    });
    report('Ctrl-C', figures);
  }, 60_000);

  it('ends on Ctrl-C under npm start, and leaves nothing running', async () => {
    const site = await sites.open();
    const run = await site.launch({}, npmStart()).listening();
    await run.signalGroup('SIGINT');
    expect(run.err).toMatch(/\nStopped\.\n/);
    expect(processesIn(site.folder)).toEqual([]);
  }, 60_000);

  it('waits for a request that is still arriving, and for none that never does', async () => {
    const trial = await sites.beginTrial();
    const { site, first: server, cast } = trial;
    const body = JSON.stringify({ public_key: cast.recipients[0]!.public_key, message: { subject: '', content: 'slow' } });
    const slow = await halfSent(site.port, body);
    const stuck = await halfSent(site.port, body);
    const begunMs = performance.now();
    const ended = server.signal('SIGTERM');
    await server.said('SIGTERM');
    await sleep(500);
    slow.socket.write(body.slice(10));
    expect(await slow.answer).toMatch(/^HTTP\/1\.1 200 .*\r\nConnection: close\r\n.*"success":true/s);
    expect(await stuck.answer).not.toMatch(/^HTTP\/1\.1 200/);
    expect(await ended).toEqual({ code: 0, signal: null });
    const exitMs = Math.round(performance.now() - begunMs);
    report('a stuck client', { exitMs });
    expect(exitMs).toBeLessThan(EXIT_MS_MAX);
    expect(processesIn(site.dataDir)).toEqual([]);
  }, 60_000);
});

function npmStart(): readonly string[] {
  const npm = process.env['npm_execpath'];
  return npm === undefined ? ['npm', 'start'] : [process.execPath, npm, 'start'];
}

async function halfSent(port: number, body: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (chunk: string) => (text += chunk)).on('error', () => resolve(text)).on('close', () => resolve(text));
  });
  socket.write(`POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body.slice(0, 10)}`);
  await sleep(100);
  return { socket, answer };
}

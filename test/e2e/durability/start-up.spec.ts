import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn } from '../../support/embedded-family.js';
import { type ServerProcess } from '../../support/process.js';
import { Sites } from './support/trial.js';
import { Wire } from './support/wire.js';

const PASSWORD = 'canary-of-a-password';

const sites = new Sites();
let patient: ServerProcess;
let refusing: Server;

beforeAll(async () => {
  // it waits for half a minute before it gives up: the other tests run meanwhile
  const site = await sites.open({ databaseUrl: `postgres://joe:${PASSWORD}@127.0.0.1:${(await sites.open()).port}/letters` });
  patient = site.launch();
});

afterAll(async () => {
  refusing?.close();
  await sites.close();
}, 30_000);

/** @returns what a run said beside the lines of a first start */
function linesOf({ err }: ServerProcess): string[] {
  return err.split('\n').filter((line) => line !== '' && !/^(?:Made |Making )/.test(line));
}

describe('a start that cannot succeed', () => {
  it('tells in one line that the data folder is in use, and does the server there no harm', async () => {
    const site = await sites.open();
    const first = await site.start();
    const second = site.launch({ PORT: '0' });
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(linesOf(second)).toEqual([
      `polypost: Another server already uses the data folder ${site.dataDir}: stop it first, or set DATA_DIR to another folder.`,
    ]);
    const wire = new Wire(site.url);
    const keys = await wire.must('GET', '/generate-keypair', {});
    await wire.must('POST', '/messages', { public_key: keys.public_key, message: { subject: 'still', content: 'here' } });
    wire.close();
    expect(first.isRunning).toBe(true);
    expect(await first.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('tells in one line that the port is in use, and leaves nothing running', async () => {
    const site = await sites.open();
    const holder = createServer().listen(site.port, '127.0.0.1');
    const run = site.launch();
    const ended = await run.ended;
    holder.close();
    expect(ended).toEqual({ code: 1, signal: null });
    expect(linesOf(run)).toEqual([`polypost: Port ${site.port} on 127.0.0.1 is in use: stop what listens there, or set PORT to another one.`]);
    expect(run.out).toBe('');
    expect(processesIn(site.folder)).toEqual([]);
  }, 60_000);

  it('tells in one line that the database refuses the password, without the password', async () => {
    refusing = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        // asks for the password in clear, then says no to it
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
        socket.once('data', (asked) => {
          const given = asked.subarray(5, -1).toString();
          socket.end(errorResponse('28P01', given === PASSWORD ? 'password authentication failed for user "joe"' : 'no password came'));
        });
      });
    });
    const port = await new Promise<number>((resolve) => {
      refusing.listen(0, '127.0.0.1', () => resolve((refusing.address() as { port: number }).port));
    });
    const site = await sites.open({ databaseUrl: `postgres://joe:${PASSWORD}@127.0.0.1:${port}/letters` });
    const run = site.launch();
    const begunMs = performance.now();
    expect(await run.ended).toEqual({ code: 1, signal: null });
    expect(performance.now() - begunMs).toBeLessThan(10_000);
    expect(linesOf(run)).toEqual(['polypost: The database that DATABASE_URL names cannot be used: password authentication failed for user "joe"']);
    expect(run.out + run.err).not.toContain(PASSWORD);
  }, 60_000);

  it('waits for a database no longer than one who presses Ctrl-C', async () => {
    const site = await sites.open({ databaseUrl: `postgres://joe:${PASSWORD}@127.0.0.1:${(await sites.open()).port}/letters` });
    const run = site.launch();
    await run.said('does not answer yet');
    await sleep(100);
    const begunMs = performance.now();
    expect(await run.signalGroup('SIGINT')).toEqual({ code: 0, signal: null });
    expect(performance.now() - begunMs).toBeLessThan(3_000);
  }, 60_000);

  it('tells in one line that the database does not answer, without the password', async () => {
    expect(await patient.ended).toEqual({ code: 1, signal: null });
    expect(linesOf(patient)).toHaveLength(2);
    expect(linesOf(patient)[0]).toMatch(/^The database does not answer yet; trying again/);
    expect(linesOf(patient)[1]).toMatch(/^polypost: The database that DATABASE_URL names cannot be used: .*ECONNREFUSED/);
    expect(patient.out + patient.err).not.toContain(PASSWORD);
  }, 60_000);
});

/** The protocol's ErrorResponse. */
function errorResponse(code: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

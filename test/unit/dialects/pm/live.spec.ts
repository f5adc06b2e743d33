import { type DirectFeed, type FeedNow, type FeedPlace, type FeedStep } from '../../../../src/core/conversations/direct-feed.js';
import { type LiveFrame, type LiveFrames } from '../../../../src/dialects/social/pm/live/live.frames.js';
import { LiveHub } from '../../../../src/dialects/social/pm/live/live.hub.js';
import { type LiveSocket } from '../../../../src/dialects/social/pm/live/live.socket.js';
import { Drain } from '../../../../src/http/drain.js';
import { type Metrics } from '../../../../src/kernel/metrics.js';

const BOX = '7';
const place = (id: number): FeedNow => ({ boxId: BOX, cursor: { xid: '10', id: String(id) }, isKnown: () => false });

/** A feed whose steps are numbered; each brings the message of its number. */
class FakeFeed {
  steps: number[] = [];
  /** those who wait to read */
  readonly gates: (() => void)[] = [];
  isHeld = false;
  hint: (boxIds: readonly string[]) => void = () => undefined;
  horizonAt = 0;

  onChange(listener: (boxIds: readonly string[]) => void): () => void {
    this.hint = listener;
    return () => undefined;
  }

  horizon(): Promise<string> {
    return Promise.resolve(String(this.horizonAt));
  }

  async after(places: readonly FeedPlace[], take: number): Promise<Map<string, FeedStep[]>> {
    const [{ cursor }] = places as [FeedPlace];
    if (this.isHeld && cursor.id === '0') await new Promise<void>((resolve) => this.gates.push(resolve));
    const behind = this.steps.filter((id) => BigInt(id) > BigInt(cursor.id)).slice(0, take);
    return behind.length === 0 ? new Map() : new Map([[BOX, behind.map((id) => ({ cursor: { xid: '10', id: String(id) }, news: null }))]]);
  }
}

const frames = { of: (_user: string, steps: readonly FeedStep[]) => Promise.resolve(steps.map(({ cursor }): LiveFrame => ({ text: cursor.id, number: Number(cursor.id) }))) };
const metrics = { gauge: () => undefined, counter: () => () => undefined } as unknown as Metrics;

class FakeSocket {
  readonly boxId = BOX;
  readonly pass = { userId: '1', token: 't', expiresMs: null };
  readonly told: string[] = [];
  isOpen = true;
  isLive = false;
  backlog = 0;
  above = 0;
  isKnown: (cursor: FeedPlace['cursor']) => boolean = () => false;
  closed: number | null = null;
  constructor(public cursor: FeedPlace['cursor']) {}
  send(text: string): void {
    this.told.push(text);
  }
  close(code: number): void {
    this.closed = code;
    this.isOpen = false;
  }
  terminate(): void {
    this.isOpen = false;
  }
}

let feed: FakeFeed;
let hub: LiveHub;
const drain = new Drain();
beforeEach(() => {
  feed = new FakeFeed();
  hub = new LiveHub(feed as unknown as DirectFeed, frames as unknown as LiveFrames, drain, metrics);
});
afterEach(() => hub.onModuleDestroy());

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const add = (socket: FakeSocket, here: FeedNow, replay: boolean): FakeSocket => {
  hub.add(socket as unknown as LiveSocket, here, replay);
  return socket;
};

test('PM-103 one that catches up is told nothing of now before it is told of then', async () => {
  feed.steps = [1, 2, 3];
  feed.isHeld = true;
  const live = add(new FakeSocket({ xid: '10', id: '3' }), place(3), false);
  const late = add(new FakeSocket({ xid: '10', id: '0' }), place(3), true);
  await settle();
  feed.steps.push(4);
  feed.hint([BOX]);
  await settle();
  expect([live.told, late.told, late.isLive]).toEqual([['4'], [], false]);
  feed.isHeld = false;
  for (const open of feed.gates) open();
  await settle();
  feed.steps.push(5);
  feed.hint([BOX]);
  await settle();
  expect([late.told, late.isLive, live.told]).toEqual([['1', '2', '3', '4', '5'], true, ['4', '5']]);
});

test('PM-103 where the message last seen is gone, those below it are passed over, for frames of messages alone', async () => {
  feed.steps = [5, 9, 6, 10];
  const socket = new FakeSocket({ xid: '10', id: '4' });
  socket.above = 6;
  add(socket, place(4), true);
  await settle();
  expect(socket.told).toEqual(['9', '10']);
});

test('PM-104 what was committed before a socket came is not told, though it becomes readable later', async () => {
  const here = { ...place(0), isKnown: ({ id }: { id: string }) => id === '1' };
  const [live, back] = [add(new FakeSocket(place(0).cursor), here, false), add(new FakeSocket(place(0).cursor), here, true)];
  feed.steps = [1, 2];
  feed.hint([BOX]);
  await settle();
  expect([live.told, back.told]).toEqual([['2'], ['1', '2']]);
});

test('PM-104 what was told before is not told again, however often there is a hint', async () => {
  const socket = add(new FakeSocket({ xid: '10', id: '2' }), place(0), false);
  feed.steps = [1, 2, 3];
  for (let time = 0; time < 5; time += 1) feed.hint([BOX, '99']);
  await settle();
  feed.hint([BOX]);
  await settle();
  expect(socket.told).toEqual(['3']);
});

test('PM-104 without any hint what others have written comes with the next look', async () => {
  const socket = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  await settle();
  feed.steps = [1];
  feed.horizonAt = 1;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(socket.told).toEqual(['1']);
});

test('PM-104 what was committed just before somebody came is not waited for in vain', async () => {
  const first = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  hub.remove(first as unknown as LiveSocket);
  feed.steps = [1];
  const second = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  await settle();
  expect(second.told).toEqual(['1']);
});

test('PM-104 a feed that cannot be read now is read later, from the same place', async () => {
  const socket = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  await settle();
  const after = feed.after.bind(feed);
  let isAway = true;
  feed.after = (...args) => (isAway ? Promise.reject(new Error('away')) : after(...args));
  feed.steps = [1, 2];
  feed.horizonAt = 1;
  feed.hint([BOX]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(socket.told).toEqual([]);
  isAway = false;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(socket.told).toEqual(['1', '2']);
});

test('PM-104 nothing is kept of sockets that have closed', async () => {
  const socket = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  const other = add(new FakeSocket({ xid: '10', id: '0' }), place(0), false);
  expect([hub.size, hub.sizeOf(BOX)]).toEqual([2, 2]);
  for (let time = 0; time < 2; time += 1) hub.remove(socket as unknown as LiveSocket);
  expect([hub.size, hub.sizeOf(BOX)]).toEqual([1, 1]);
  hub.remove(other as unknown as LiveSocket);
  expect([hub.size, hub.sizeOf(BOX), [...hub.sockets()]]).toEqual([0, 0, []]);
  feed.steps = [1];
  feed.hint([BOX]);
  await settle();
  expect(socket.told).toEqual([]);
});

test('PM-104 a shutdown closes all, and lets nobody in afterwards', async () => {
  const stopping = new Drain();
  const other = new LiveHub(feed as unknown as DirectFeed, frames as unknown as LiveFrames, stopping, metrics);
  const [before, after] = [new FakeSocket({ xid: '10', id: '0' }), new FakeSocket({ xid: '10', id: '0' })];
  other.add(before as unknown as LiveSocket, place(0), false);
  await stopping.run();
  other.add(after as unknown as LiveSocket, place(0), false);
  expect([before.closed, after.closed, other.size]).toEqual([1001, 1001, 1]);
});

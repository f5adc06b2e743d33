import { type CellMessage } from '../../../../src/core/cell/messages/cell-message.js';
import { type Carry, type RemoteDelivery, tryOnce } from '../../../../src/core/cell/remote/fan-out.js';

const to = (...urls: string[]): RemoteDelivery[] => urls.map((url) => ({ homeBox: '1', message: {} as CellMessage, to: url }));
const delivered = { kind: 'delivered' } as const;
const later = { kind: 'later', silent: false } as const;

describe('CELL-44 first tries of deliveries to other servers', () => {
  it('give each outcome to its delivery', async () => {
    const carry: Carry = async ({ to: url }) => (url.endsWith('/b/') ? { kind: 'answered', code: 404, reason: 'Cell not found.' } : delivered);
    expect(await tryOnce(to('https://x/a/', 'https://x/b/', 'https://y/c/'), carry, 10_000)).toEqual([delivered, { kind: 'answered', code: 404, reason: 'Cell not found.' }, delivered]);
    expect(await tryOnce([], carry, 10_000)).toEqual([]);
  });

  it('are eight at a time, each with five seconds at most', async () => {
    let running = 0;
    let most = 0;
    const times = new Set<number>();
    const carry: Carry = async (_, ms) => {
      times.add(ms);
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return delivered;
    };
    const outcomes = await tryOnce(to(...Array.from({ length: 40 }, (_, index) => `https://host${index}/a/`)), carry, 10_000, new Set(), () => 0);
    expect(outcomes).toHaveLength(40);
    expect(most).toBe(8);
    expect([...times]).toEqual([5000]);
  });

  it('end after ten seconds: what has not begun is left for later, what begins late has less time', async () => {
    let time = 0;
    const times: number[] = [];
    const carry: Carry = async (_, ms) => {
      times.push(ms);
      time += 600;
      return delivered;
    };
    const outcomes = await tryOnce(to(...Array.from({ length: 30 }, (_, index) => `https://host${index}/a/`)), carry, 10_000, new Set(), () => time);
    expect(outcomes.filter(({ kind }) => kind === 'delivered')).toHaveLength(17);
    expect(outcomes.slice(17)).toEqual(Array.from({ length: 13 }, () => ({ ...later, untried: true })));
    expect(times.at(-1)).toBe(400);
  });

  it('leave alone a server that did not answer, and go on with the others', async () => {
    const tried: string[] = [];
    const carry: Carry = async ({ to: url }) => {
      tried.push(url);
      return url.startsWith('https://dead/') ? { kind: 'later', silent: true } : url.startsWith('https://busy/') ? later : delivered;
    };
    const dead = Array.from({ length: 50 }, (_, index) => `https://dead/a${index}/`);
    const outcomes = await tryOnce(to(...dead, 'https://dead:444/a/', 'https://busy/a/', 'https://busy/b/', 'https://live/a/'), carry, 10_000);
    expect(tried.filter((url) => url.startsWith('https://dead/')).length).toBeLessThanOrEqual(8);
    expect(tried).toEqual(expect.arrayContaining(['https://dead:444/a/', 'https://busy/a/', 'https://busy/b/', 'https://live/a/']));
    expect(outcomes.at(-1)).toEqual(delivered);
    const silent = new Set(['https://dead']);
    expect(await tryOnce(to('https://dead/a/', 'https://live/a/'), carry, 10_000, silent)).toEqual([{ ...later, untried: true }, delivered]);
    expect(outcomes.slice(0, 50).every(({ kind }) => kind === 'later')).toBe(true);
    expect(outcomes.filter((outcome) => outcome.kind === 'later' && outcome.untried).length).toBeGreaterThanOrEqual(42);
  });
});

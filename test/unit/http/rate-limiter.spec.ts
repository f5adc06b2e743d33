import { RateLimiter } from '../../../src/http/rate-limiter.js';
import { type DomainError } from '../../../src/kernel/domain-error.js';
import { limits } from '../../../src/kernel/limits.js';
import { type HouseVariables } from '../../../src/config/env.js';
import { codeOf, toyConfig } from './toy.js';

let nowMs = 1_000_000;
const clock = { now: () => nowMs };
const three = { count: 3, seconds: 60 };
const make = (rates: Partial<HouseVariables['RATE_LIMITS']> = {}): RateLimiter =>
  new RateLimiter(toyConfig({ RATE_LIMITS: { off: false, overrides: {}, ...rates } }), clock);
const waitOf = (work: () => unknown): number | undefined => {
  try {
    work();
  } catch (error) {
    return (error as DomainError).facts.retryAfterSeconds;
  }
  return undefined;
};

describe('RateLimiter', () => {
  it('KEY-63 lets a burst through, then refuses and says how long to wait', () => {
    const limiter = make();
    for (let at = 0; at < 3; at += 1) limiter.take('a', 'x', three);
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('rate_limited');
    expect(waitOf(() => limiter.take('a', 'x', three))).toBe(20);
    nowMs += 15_000;
    expect(waitOf(() => limiter.take('a', 'x', three))).toBe(5);
    nowMs += 5_000;
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('nothing');
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('rate_limited');
  });

  it('never holds more than a full bucket', () => {
    const limiter = make();
    limiter.take('a', 'x', three);
    nowMs += 3_600_000;
    for (let at = 0; at < 3; at += 1) limiter.take('a', 'x', three);
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('rate_limited');
  });

  it('counts names and keys apart', () => {
    const limiter = make();
    for (let at = 0; at < 3; at += 1) limiter.take('a', 'x', three);
    expect(codeOf(() => limiter.take('a', 'y', three))).toBe('nothing');
    expect(codeOf(() => limiter.take('b', 'x', three))).toBe('nothing');
  });

  it('is not moved by a clock that is set back', () => {
    const limiter = make();
    for (let at = 0; at < 3; at += 1) limiter.take('a', 'x', three);
    nowMs -= 3_600_000;
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('rate_limited');
    nowMs += 20_000;
    expect(codeOf(() => limiter.take('a', 'x', three))).toBe('nothing');
  });

  it('KEY-63 counts failures alone: check looks, penalise takes', () => {
    const limiter = make();
    for (let at = 0; at < 10; at += 1) limiter.check('failed', 'x', three);
    for (let at = 0; at < 5; at += 1) limiter.penalise('failed', 'x', three);
    expect(waitOf(() => limiter.check('failed', 'x', three))).toBe(20);
    nowMs += 20_000;
    expect(codeOf(() => limiter.check('failed', 'x', three))).toBe('nothing');
  });

  it('obeys RATE_LIMITS by name, and refuses nothing when off', () => {
    const limiter = make({ overrides: { 'a.b': { count: 1, seconds: 10 } } });
    limiter.take('a.b', 'x', three);
    expect(waitOf(() => limiter.take('a.b', 'x', three))).toBe(10);
    expect(codeOf(() => limiter.take('constructor', 'x', three))).toBe('nothing');
    const off = make({ off: true });
    for (let at = 0; at < 100; at += 1) {
      off.penalise('a', 'x', three);
      off.check('a', 'x', three);
      off.take('a', 'x', three);
    }
  });

  it('forgets the clients it heard of longest ago rather than grow', () => {
    const limiter = make();
    for (let at = 0; at < 3; at += 1) limiter.take('a', 'first', three);
    for (let at = 0; at <= limits.rate_limiter_entries_max; at += 1) limiter.take('a', String(at), three);
    expect(codeOf(() => limiter.take('a', 'first', three))).toBe('nothing');
    const kept = (limiter as unknown as { buckets: { size: number } }).buckets.size;
    expect(kept).toBe(limits.rate_limiter_entries_max);
  });
});

import { TimeOrderedIds } from '../../../src/kernel/id-source.js';

const make = (now = () => 1_800_000_000_000) => new TimeOrderedIds({ now });

describe('random bytes', () => {
  test('no two givings are alike, whatever their length, across many fillings of the store', () => {
    const ids = make();
    const seen = new Set<string>();
    for (let round = 0; round < 3000; round += 1) seen.add(ids.bytes(16 + (round % 40)).toString('hex').slice(0, 32));
    expect(seen.size).toBe(3000);
  });

  test('have the length that was asked for, large and small', () => {
    const ids = make();
    for (const count of [0, 1, 32, 511, 512, 513, 4096, 70_000]) {
      const bytes = ids.bytes(count);
      expect(bytes).toHaveLength(count);
      if (count >= 32) expect(new Set(bytes).size).toBeGreaterThan(10);
    }
  });

  test('what was given out stays nowhere else, and wiping it touches nobody', () => {
    const ids = make();
    const one = ids.bytes(32);
    const two = ids.bytes(32);
    const before = two.toString('hex');
    const { store } = ids as unknown as { store: Buffer };
    expect(store.includes(one)).toBe(false);
    expect(store.includes(two)).toBe(false);
    one.fill(0);
    expect(two.toString('hex')).toBe(before);
    expect(two.buffer.byteLength).toBe(32);
  });
});

describe('ids', () => {
  test('rise, within a millisecond, when time stands still and when it goes back', () => {
    let now = 1_800_000_000_000;
    const ids = make(() => now);
    let last = 0n;
    for (let index = 0; index < 5000; index += 1) {
      if (index === 2000) now += 1;
      if (index === 3000) now -= 5;
      const id = BigInt(ids.next());
      expect(id > last).toBe(true);
      last = id;
    }
  });
});

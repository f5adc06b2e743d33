import { EphemeralKeys } from '../../../src/crypto/ephemeral-keys.js';

const ready = (keys: EphemeralKeys) => (keys as unknown as { ready: readonly unknown[] }).ready;
const settled = () => new Promise((resolve) => setTimeout(resolve, 200));

describe('ephemeral keys made ahead', () => {
  test('KEY-60 no pair is given out twice, however many ask at once', async () => {
    const keys = new EphemeralKeys();
    const given = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const pairs = await Promise.all(Array.from({ length: 100 }, () => keys.take()));
      for (const { publicKey } of pairs) given.add(publicKey.toString('hex'));
    }
    expect(given.size).toBe(600);
  });

  test('are none before the first is asked for, then a few, and one given out is kept nowhere', async () => {
    const keys = new EphemeralKeys();
    expect(ready(keys)).toHaveLength(0);
    await keys.take();
    await settled();
    expect(ready(keys)).toHaveLength(32);
    const pair = await keys.take();
    expect(ready(keys)).not.toContain(pair);
    for (let index = 0; index < 20; index += 1) await keys.take();
    await settled();
    expect(ready(keys).length).toBeGreaterThanOrEqual(16);
    expect(ready(keys).length).toBeLessThanOrEqual(32);
  });
});

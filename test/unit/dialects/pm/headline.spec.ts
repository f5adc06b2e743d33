import { headlineOf } from '../../../../src/dialects/social/pm/messages/headline.js';

const visible = (text: string) => [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length;

describe('PM-26 headlines', () => {
  it.each([0, 1, 159, 160])('%i characters stay as they are', (count) => {
    expect(headlineOf('x'.repeat(count))).toBe('x'.repeat(count));
    expect(headlineOf('👩‍👩‍👧'.repeat(count))).toBe('👩‍👩‍👧'.repeat(count));
  });

  it.each(['x', 'é', '🦆', '👩‍👩‍👧', '🇨🇭', 'e\u0301', '👩🏽‍❤️‍💋‍👨🏾'])('longer ones of %s end with an ellipsis, cut through none', (one) => {
    for (const count of [161, 500, 5_000]) {
      const headline = headlineOf(one.repeat(count));
      expect(visible(headline)).toBeLessThanOrEqual(160);
      expect(headline.endsWith('…')).toBe(true);
      expect(headline.slice(0, -1)).toBe(one.repeat((headline.length - 1) / one.length));
    }
  });

  it('uses all the room it has', () => {
    expect(visible(headlineOf('🦆'.repeat(161)))).toBe(160);
  });

  it('a heap of marks on one letter is bounded, and no pair is halved', () => {
    for (const text of [`a${'\u0301'.repeat(9_000)}`, `a${'\u{1d165}'.repeat(9_000)}`, `ab${'\u{1d165}'.repeat(9_000)}`]) {
      const headline = headlineOf(text);
      expect(headline.length).toBeLessThanOrEqual(1_281);
      expect(headline.isWellFormed()).toBe(true);
      expect(headline.length).toBeGreaterThan(1);
    }
  });

  it('the longest texts cost next to nothing', () => {
    const text = `${'🦆'.repeat(1_000_000)}`;
    const started = performance.now();
    for (let round = 0; round < 20; round += 1) headlineOf(text);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

import fc from 'fast-check';
import { encodeText, encodeTextWithBreaks, ENCODED_BYTES_MAX, isTooLong, trimText } from '../../../../src/dialects/social/ossn/ossn.text.js';

describe('the text of a message on the wire', () => {
  it.each([
    ['a & b', 'a &amp; b'],
    ['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
    [`"it's"`, '&quot;it&#039;s&quot;'],
    ['&lt;', '&amp;lt;'],
    ['&#x1f600;', '&amp;#x1f600;'],
    ['😀', '&#x1f600;'],
    ['👍🏽', '&#x1f44d;&#x1f3fd;'],
    ['\u{10000}\uffff', '&#x10000;\uffff'],
    ['Grün ✓ 日本', 'Grün ✓ 日本'],
    ['C:\\new\\readme', 'C:\\new\\readme'],
    ['a   b', 'a   b'],
    ['  a\t\n', 'a'],
    ['\r\n\va\f', 'a'],
    ['\u00a0a\u00a0', '\u00a0a\u00a0'],
    ['0', '0'],
    ['', ''],
  ])('OSSN-18 %j is written %j', (typed, wire) => expect(encodeText(typed)).toBe(wire));

  it.each([
    ['a\nb', 'a<br />\nb'],
    ['a\r\nb', 'a<br />\r\nb'],
    ['a\rb', 'a<br />\rb'],
    ['a\n\rb', 'a<br />\n\rb'],
    ['a\n\nb', 'a<br />\n<br />\nb'],
    ['a\r\n\r\nb', 'a<br />\r\n<br />\r\nb'],
    ['a<br />b', 'a&lt;br /&gt;b'],
    ['\na\n', 'a'],
  ])('OSSN-18 line breaks are kept and marked: %j', (typed, wire) => expect(encodeTextWithBreaks(typed)).toBe(wire));

  it('OSSN-18 encodes exactly once: decoding gives the text back', () => {
    const decode = (wire: string): string =>
      wire
        .replace(/<br \/>/g, '')
        .replace(/&#x([0-9a-f]+);/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
        .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#039;/g, "'").replace(/&amp;/g, '&');
    const pieces = fc.constantFrom('&', '<', '>', '"', "'", '&amp;', '<br />', '\n', '\r\n', ' ', 'é', '\u{1f600}', '\\n', 'x');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 4 }))), (parts) => {
        const text = trimText(parts.join(''));
        const wire = encodeTextWithBreaks(text);
        expect(decode(wire)).toBe(text);
        expect(wire.replace(/<br \/>/g, '')).not.toMatch(/[<>"'\u{10000}-\u{10ffff}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('OSSN-20 is too long from 65,536 encoded bytes on, however few characters these are', () => {
    expect(isTooLong('x'.repeat(ENCODED_BYTES_MAX))).toBe(false);
    expect(isTooLong('x'.repeat(ENCODED_BYTES_MAX + 1))).toBe(true);
    expect(isTooLong('é'.repeat(32_767))).toBe(false);
    expect(isTooLong('é'.repeat(32_768))).toBe(true);
    expect(isTooLong('<'.repeat(16_383))).toBe(false);
    expect(isTooLong('<'.repeat(16_384))).toBe(true);
    expect(isTooLong('😀'.repeat(7_281))).toBe(false);
    expect(isTooLong('😀'.repeat(7_282))).toBe(true);
    // marks of line breaks are made on the way out and do not count
    expect(isTooLong(`${'\n'.repeat(0)}${'a\n'.repeat(32_767)}a`)).toBe(false);
  });
});

import fc from 'fast-check';
import { DomainError } from '../../../../src/kernel/domain-error.js';
import { idOrNull, parseId } from '../../../../src/dialects/social/ossn/ossn.ids.js';
import { parseOffset, parsePageLimit } from '../../../../src/dialects/social/ossn/ossn.paging.js';
import { Parameters, queryOf } from '../../../../src/dialects/social/ossn/ossn.parameters.js';

const form = (text: string): Parameters => new Parameters().addForm(text);
const json = (value: unknown): Parameters => new Parameters().addJson(Buffer.from(JSON.stringify(value)));

describe('the parameters of a call', () => {
  it('OSSN-03 come from query and body, and the body wins', () => {
    const both = form('from=1&to=2&message=query').addForm('message=body');
    expect([both.text('from'), both.text('to'), both.text('message')]).toEqual(['1', '2', 'body']);
    expect(form('a=query').addJson(Buffer.from('{"a":"json"}')).text('a')).toBe('json');
    expect(form('a=query').addField('a', 'multipart').text('a')).toBe('multipart');
    expect(form('a=first&a=last').text('a')).toBe('last');
  });

  it.each(['message[]=a', 'message%5B%5D=a', 'message[0]=a', 'message[x][y]=a', 'message=x&message[]=a'])('OSSN-03 an array counts as missing: %s', (text) => {
    expect(form(text).text('message')).toBeUndefined();
    expect(form('message=query').addForm(text).text('message')).toBeUndefined();
  });

  it('OSSN-03 a JSON array, object or null counts as missing, and still outdoes the query', () => {
    for (const value of [['a'], { a: 'b' }, null]) expect(form('m=query').addJson(Buffer.from(JSON.stringify({ m: value }))).text('m')).toBeUndefined();
    expect(json({ from: 31, flag: true, off: false, zero: 0 }).text('from')).toBe('31');
    expect(json({ flag: true }).text('flag')).toBe('1');
    expect(json({ off: false }).text('off')).toBe('');
    expect(json({ zero: 0 }).text('zero')).toBe('0');
  });

  it.each(['[]', '"x"', '{', '{"a":1e400}', '\xff'])('OSSN-03 a JSON body that is no object is malformed: %s', (text) => {
    expect(() => new Parameters().addJson(Buffer.from(text, 'latin1'))).toThrow(DomainError);
  });

  it('decodes as forms are written', () => {
    const all = form('a=x+y%20z&b=100%&c=%zz%41&d&=nameless&e=%e2%9c%93&&f=1=2&g=a%2Bb');
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => all.text(name))).toEqual(['x y z', '100%', '%zzA', '', '✓', '1=2', 'a+b']);
  });

  it('OSSN-18 bytes that are not UTF-8, and U+0000, count as missing', () => {
    for (const value of ['%ff', '%c3', '%c3%28', '%ed%a0%80', 'a%00b', '%zz%ff']) expect([value, form(`m=${value}`).text('m')]).toEqual([value, undefined]);
    expect(form('m=\xff').text('m')).toBeUndefined();
    expect(form(Buffer.from('m=✓').toString('latin1')).text('m')).toBe('✓');
    expect(json({ m: 'a\0b' }).text('m')).toBeUndefined();
    expect(new Parameters().addField('m', '\ud800').text('m')).toBeUndefined();
  });

  it('keeps to a thousand pairs and to names of their own', () => {
    expect(form(`${'a=1&'.repeat(1000)}late=1`).text('late')).toBeUndefined();
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(form('a=1').text(name)).toBeUndefined();
      expect(form(`${name}=x`).text(name)).toBe('x');
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('reads back whatever a client writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0') && text.isWellFormed())), (values) => {
        const read = form(new URLSearchParams(values).toString());
        for (const [name, value] of Object.entries(values)) expect(read.text(name)).toBe(value);
      }),
    );
  });

  it('never throws over a form', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void form(text).text('a')));
  });

  it('a copy does not change its original', () => {
    const original = form('a=1');
    original.copy().addField('a', '2').addUnusable('b');
    expect(original.text('a')).toBe('1');
  });

  it('finds the query of a target', () => {
    expect([queryOf('/x?a=1?b'), queryOf('/x'), queryOf('/x?')]).toEqual(['a=1?b', '', '']);
  });
});

describe('ids and pages', () => {
  it.each([[undefined, 'empty'], ['', 'empty'], ['0', 'empty'], ['000', 'empty'], ['4abc', 'unknown'], ['4.0', 'unknown'], ['-4', 'unknown'], [' 4', 'unknown'], ['1e3', 'unknown'], ['9'.repeat(16), 'unknown'], ['٤', 'unknown']])(
    'OSSN-10 %j is %s',
    (text, outcome) => expect(parseId(text)).toBe(outcome),
  );

  it('OSSN-10 one to fifteen digits are an id', () => {
    expect(parseId('4')).toEqual({ id: '4' });
    expect(parseId('004')).toEqual({ id: '4' });
    expect(parseId('9'.repeat(15))).toEqual({ id: '9'.repeat(15) });
    expect([idOrNull('7'), idOrNull('0'), idOrNull('x')]).toEqual(['7', null, null]);
  });

  it.each([['', null], ['0', null], ['-1', null], ['abc', null], ['1.5', null], ['1e3', null], ['9'.repeat(16), 999_999_999_999_999], ['9'.repeat(101), null], ['1', 1], ['02', 2], ['9'.repeat(15), 999_999_999_999_999]])(
    'OSSN-28 offset %j is page %j',
    (sent, page) => expect(parseOffset(form(`offset=${sent}`))?.page ?? null).toBe(page),
  );

  it('bounds the size of a page', () => {
    const limit = (sent: string): number => parsePageLimit(form(`page_limit=${sent}`), 10, 100);
    expect(['', '0', '-5', 'x', '1', '100', '101', '9999999999'].map(limit)).toEqual([10, 10, 10, 10, 1, 100, 100, 100]);
  });
});

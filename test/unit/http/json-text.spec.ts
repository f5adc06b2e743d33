import fc from 'fast-check';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { parseJson, parseJsonObject } from '../../../src/http/json-text.js';
import { codeOf } from './toy.js';

const read = (text: string): unknown => parseJsonObject(Buffer.from(text));
const refused = (text: string | Buffer): boolean => codeOf(() => parseJsonObject(Buffer.from(text))) === 'malformed_body';

describe('parseJsonObject', () => {
  it('KEY-05 takes no bytes as {} unless told otherwise', () => {
    expect(parseJsonObject(Buffer.alloc(0))).toEqual({});
    expect(codeOf(() => parseJsonObject(Buffer.alloc(0), { emptyIsObject: false }))).toBe('malformed_body');
  });

  it.each(['null', '[]', '"a"', '1', 'true', ' ', '{', '{"a":}', '{"a":1}x', "{'a':1}", '{"a":1,}', '\u00a0{}', '{"a":NaN}', '{"a":01}', '{"a":"\n"}'])(
    'KEY-05 refuses %j',
    (text) => expect(refused(text)).toBe(true),
  );

  it('KEY-05 ignores members that could reach a prototype, at any depth and however written', () => {
    const value = read('{"__proto__":{"x":1},"constructor":1,"a":[{"prototype":2,"\\u005f_proto__":3,"b":4}]}');
    expect(value).toEqual({ a: [{ b: 4 }] });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('KEY-23 keeps any Unicode, NUL included, and drops a byte order mark', () => {
    expect(read('{"a":"\\u0000 ü 🦊 \\ud83e\\udd8a"}')).toEqual({ a: '\0 ü 🦊 🦊' });
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('refuses text that is not well-formed', () => {
    expect(refused('{"a":"\\ud83e"}')).toBe(true);
    expect(refused('{"a":"\\udd8a\\ud83e"}')).toBe(true);
    expect(refused('{"\\ud83e":1}')).toBe(true);
    expect(refused(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe(true);
    expect(refused(Buffer.from('7b2261223a22eda0bd227d', 'hex'))).toBe(true); // a surrogate in UTF-8
    expect(refused(Buffer.from('7b2261223a22c080227d', 'hex'))).toBe(true); // overlong NUL
  });

  it.each(['1e20', '9007199254740992', '-9007199254740992', '1e400', '-1e999', '9007199254740993'])('refuses the inexact number %s', (number) => {
    expect(refused(`{"a":${number}}`)).toBe(true);
    expect(refused(`{"a":[[${number}]]}`)).toBe(true);
  });

  it.each(['9007199254740991', '-9007199254740991', '0.5', '-0', '1e-400', '600.0', '1e15'])('takes the number %s', (number) => {
    expect(read(`{"a":${number}}`)).toEqual({ a: Number(number) });
  });

  it('lets inexact numbers through where a dialect names the member at fault, but nothing endless', () => {
    const lenient = (text: string): unknown => parseJsonObject(Buffer.from(text), { inexactNumbers: true });
    for (const number of ['1e20', '9007199254740993', '-1e300']) expect(lenient(`{"a":[${number},{"b":${number}}]}`)).toEqual({ a: [Number(number), { b: Number(number) }] });
    expect(() => lenient('{"a":1e400}')).toThrow();
    expect(() => lenient('{"a":"\\ud800"}')).toThrow();
  });

  it('counts 64 levels, and brackets in strings not at all', () => {
    const nested = (levels: number): string => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(refused(nested(64))).toBe(false);
    expect(refused(nested(65))).toBe(true);
    expect(read(`{"a":"${'['.repeat(500)}\\"${'{'.repeat(500)}\\\\"}`)).toHaveProperty('a');
    expect(refused(`{"a":"\\\\"${',"b":[[['.repeat(40)}`)).toBe(true);
  });

  it('counts 10,000 members, over all objects', () => {
    const members = (count: number): string => `{"a":[${Array.from({ length: (count - 1) / 3 }, () => '{"x:":1,"y":":","z":{}}').join(',')}]}`;
    expect(refused(members(10_000))).toBe(false);
    expect(refused(members(10_003))).toBe(true);
  });

  it('hands out other values where a dialect wants them', () => {
    expect(parseJson(Buffer.from('[1]'), { objectOnly: false })).toEqual([1]);
    expect(codeOf(() => parseJson(Buffer.from('[1]')))).toBe('malformed_body');
  });

  it('never answers anything but an object or malformed_body', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', '-', 'e', '.', 'null', 'a', '\\u', 'd800', '\ud83e\udd8a', '\0', ' ', '__proto__');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
      fc.tuple(fc.json(), fc.nat(), fc.nat(255)).map(([text, at, byte]) => {
        const buffer = Buffer.from(text);
        if (buffer.length > 0) buffer[at % buffer.length] = byte;
        return buffer;
      }),
    );
    fc.assert(
      fc.property(bytes, (buffer) => {
        try {
          const value = parseJsonObject(buffer);
          return typeof value === 'object' && value !== null && !Array.isArray(value);
        } catch (error) {
          return error instanceof DomainError && error.code === 'malformed_body' && error.cause === undefined;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back exactly what a well-behaved client wrote', () => {
    const name = fc.string({ unit: 'binary' }).filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (object) => {
        expect(read(JSON.stringify(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
      { numRuns: 500 },
    );
  });

  it('takes time in proportion to the length of anything', () => {
    const fill = (unit: string, size: number): string => unit.repeat(Math.floor(size / unit.length));
    const hostile: ((size: number) => string)[] = [
      (size) => fill('[', size), (size) => fill('{"a":', size), (size) => `{"a":"${fill('\\\\', size)}"}`, (size) => `{"a":"${fill('\\u0000', size)}"}`,
      (size) => `{"a":[${fill('[],', size)}[]]}`, (size) => `{"a":[${fill('0,', size)}0]}`, (size) => `{"a":1${fill('0', size)}}`,
      (size) => `{${fill('"a":1,', size)}"b":1}`, (size) => fill('"', size), (size) => fill('\\"', size), (size) => `{"a":"${fill('🦊', size)}"}`,
      (size) => `{"a":[${fill('"",', size)}1]}`, (size) => `{${Array.from({ length: size / 15 }, (_, at) => `"${at}":1`).join(',')}}`,
    ];
    for (const text of hostile) {
      // four times as long: four times the work, where a square would be sixteen times; what is too short to measure counts as 25 ms
      expect(leastMs(text(3_000_000))).toBeLessThan(10 * Math.max(25, leastMs(text(750_000))));
    }
  });
});

/** Time on the processor, the least of two: other tests run beside this one. */
function leastMs(text: string): number {
  const bytes = Buffer.from(text);
  const times = [1, 2].map(() => {
    const before = process.cpuUsage();
    codeOf(() => parseJsonObject(bytes));
    return process.cpuUsage(before).user / 1000;
  });
  return Math.min(...times);
}

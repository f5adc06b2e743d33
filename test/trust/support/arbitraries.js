import fc from 'fast-check';

const LONG = 'A'.repeat(70_000);

/** Texts that programs stumble over. */
export const NASTY_TEXTS = [
  '', ' ', '\u0000', 'a\u0000b', '\ud800', '\udc00x', '\ufeff', '\u202egnp.exe', '\u2028', '\r\n', '\r\nX-Evil: 1', '%', '%00', '%zz', '%c0%af', '%ff%fe',
  '../../etc/passwd', '..\\..\\', '/etc/passwd', 'C:\\con', 'null', 'undefined', 'NaN', 'Infinity', '-1', '0', '1e309', '1e20', '00', '0x10', '٣', '１２',
  '9007199254740993', '99999999999999999999', '-9223372036854775809', '1.5', 'true', '[]', '{}', '{"a":1}', "' OR 1=1 --", '"; DROP TABLE users; --', "\\'", '$1', '${7*7}', '{{7*7}}',
  '__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '<script>alert(1)</script>', '<!--', ']]>', '<![CDATA[', '(', '((((((((((', '*', '%25', '_', '\\', "'", '"', '`',
  'a'.repeat(256), 'é'.repeat(300), '\u{1F98A}'.repeat(300), LONG, `${'('.repeat(3_000)}`, 'a,'.repeat(2_000), '1'.repeat(400), `0x${'f'.repeat(64)}`, `0x${'0'.repeat(64)}`,
  '2024-02-30', '31/02/2024', '29/02/2023', '00/00/0000', '9999-12-31T23:59:60Z', '275760-09-13', 'a@b', '@', `${'a'.repeat(300)}@example.org`, 'http://127.0.0.1/', 'javascript:alert(1)', 'data:text/html,x',
];

/** Values that are no texts. */
export const NASTY_VALUES = [
  null, true, false, 0, -0, -1, 1.5, 1e20, 1e308, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 2, -Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 63,
  [], {}, [[]], [{}], [null], ['a'], [1, 2, 3], { length: 3 }, { toString: 'x' }, { valueOf: 1 }, { constructor: { prototype: {} } }, { a: { b: { c: { d: {} } } } },
  Array.from({ length: 3_000 }, (_, i) => i), Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])), deep(40), deep(70),
];

function deep(levels) {
  let value = 'bottom';
  for (let i = 0; i < levels; i += 1) value = i % 2 ? [value] : { a: value };
  return value;
}

const anyText = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NASTY_TEXTS) }, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
export const anyValue = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NASTY_VALUES) }, { weight: 3, arbitrary: anyText }, fc.jsonValue({ maxDepth: 3 }), fc.double(), fc.maxSafeInteger(), fc.bigInt().map(String));

/**
 * @param {object} schema of the description
 * @param {object} document the description itself, for its references
 * @returns {fc.Arbitrary<unknown>} values of this form, of nearly this form, and of none
 */
export function arbitraryOf(schema, document, depth = 0) {
  const real = schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : (schema ?? {});
  if (depth > 4) return anyValue;
  const right = rightOf(real, document, depth);
  return fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: anyValue });
}

function rightOf(schema, document, depth) {
  if (schema.allOf) return rightOf(Object.assign({}, ...schema.allOf.map((part) => (part.$ref ? document.components.schemas[part.$ref.split('/').at(-1)] : part))), document, depth);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map((choice) => arbitraryOf(choice, document, depth + 1)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof(fc.integer({ min: -3, max: 300 }), fc.maxSafeInteger(), fc.double());
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'array') return fc.array(arbitraryOf(schema.items, document, depth + 1), { maxLength: 4 });
  if (schema.type === 'object' && schema.properties) {
    const members = Object.entries(schema.properties).map(([name, each]) => [name, arbitraryOf(each, document, depth + 1)]);
    return fc.record(Object.fromEntries(members), { requiredKeys: [] });
  }
  return anyText;
}

/** @returns {unknown[]} so many values, the same for the same seed */
export const sampled = (arbitrary, seed, count) => fc.sample(arbitrary, { seed, numRuns: count });

import { assert } from '../../../src/kernel/assert.js';
import { describeError } from '../../../src/http/error-description.js';

const SECRET = 'SECRET4711';

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('describeError', () => {
  it.each<[string, () => Error]>([
    ['a parser that quotes its input', () => thrownBy(() => JSON.parse(`{"a": ${SECRET}}`))],
    ['an address that is none', () => thrownBy(() => new URL(SECRET))],
    ['an argument that is wrong', () => thrownBy(() => Buffer.alloc(SECRET as never))],
    ['a message of several lines that looks like a stack', () => new Error(`x\n    at ${SECRET} (file:///a.js:1:1)`)],
    ['a stack with foreign lines', () => Object.assign(new Error('x'), { stack: `Error: y\n    at ${SECRET} nonsense\n${SECRET}` })],
    ['a name and code made of data', () => Object.assign(new Error('x'), { name: `${SECRET} x`, code: `${SECRET} x` })],
    ['an error of the database', () => Object.assign(new Error(`duplicate key (${SECRET})`), { code: '23505', detail: SECRET, where: SECRET, table: SECRET, parameters: [SECRET], query: SECRET, constraint: 'messages_pkey', routine: '_bt_check_unique' })],
    ['one the ORM wrapped', () => Object.assign(new Error(SECRET), { name: 'QueryFailedError', query: SECRET, parameters: [SECRET], driverError: Object.assign(new Error(SECRET), { code: '22021', detail: SECRET }) })],
    ['a cause of a cause', () => new Error('x', { cause: new Error('y', { cause: new TypeError(SECRET) }) })],
    ['a wrapped domain fault', () => new Error('x', { cause: SECRET })],
  ])('says nothing of %s', (_name, make) => {
    const text = JSON.stringify(describeError(make()));
    expect(text).not.toContain(SECRET);
    expect(text.length).toBeGreaterThan(10);
  });

  it('says what helps', () => {
    const error = Object.assign(new Error('x'), { code: '23505', constraint: 'messages_pkey', routine: '_bt_check_unique' });
    expect(describeError(error)).toMatchObject({ error: 'Error', error_code: '23505', constraint: 'messages_pkey', routine: '_bt_check_unique' });
    expect(describeError(error).stack?.[0]).toMatch(/error-description\.spec\.ts:\d+:\d+/);
    expect(describeError(thrownBy(() => assert(false, 'a batch holds rows')))).toMatchObject({ assertion: 'a batch holds rows' });
    expect(describeError(new Error('x', { cause: new RangeError('y') })).cause).toMatchObject({ error: 'RangeError' });
    expect(describeError('text')).toEqual({ error: 'string' });
    expect(describeError(null)).toEqual({ error: 'object' });
  });

  it('stops at causes that go in a circle', () => {
    const error = new Error('x') as Error & { cause?: unknown };
    error.cause = new Error('y', { cause: error });
    expect(() => JSON.stringify(describeError(error))).not.toThrow();
  });
});

import { HttpException, NotFoundException } from '@nestjs/common';
import { toDomainError } from '../../../src/http/error-translation.js';
import { renderProblem } from '../../../src/http/house.js';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { allCodes } from './toy.js';

const at = (error: unknown, method = 'GET', allow: readonly string[] = []): [string, unknown] => {
  const refusal = toDomainError(error, { method, allow });
  return [refusal.code, refusal.facts];
};
const database = (code: string): Error => Object.assign(new Error('x'), { driverError: Object.assign(new Error('x'), { code }) });

describe('toDomainError', () => {
  it('passes on what is one already, subclasses included', () => {
    class Own extends DomainError {
      readonly parameter = 'subject';
    }
    const own = new Own('invalid_input');
    expect(toDomainError(own, { method: 'GET', allow: [] })).toBe(own);
  });

  it('tells a wrong method from an unknown route', () => {
    expect(at(new NotFoundException(), 'GET', ['POST'])).toEqual(['method_not_allowed', { allow: ['POST'] }]);
    expect(at(new NotFoundException(), 'POST', ['POST'])).toEqual(['route_not_found', {}]);
    expect(at(new NotFoundException(), 'GET')).toEqual(['route_not_found', {}]);
    expect(at(new DomainError('method_not_allowed'), 'GET', ['PUT'])).toEqual(['method_not_allowed', { allow: ['PUT'] }]);
  });

  it.each([
    [400, 'invalid_input'], [401, 'unauthenticated'], [403, 'forbidden'], [405, 'method_not_allowed'], [409, 'conflict'], [413, 'payload_too_large'],
    [415, 'malformed_body'], [418, 'invalid_input'], [422, 'invalid_input'], [429, 'rate_limited'], [500, 'internal'], [503, 'overloaded'], [504, 'internal'],
  ])('reads status %i as %s', (status, code) => expect(at(new HttpException('x', status))[0]).toBe(code));

  it.each([
    ['22021', 'invalid_input'], ['22003', 'invalid_input'], ['23503', 'invalid_input'], ['23505', 'conflict'], ['40001', 'overloaded'],
    ['08006', 'overloaded'], ['57P01', 'overloaded'], ['53300', 'overloaded'], ['42601', 'internal'],
  ])('reads SQLSTATE %s as %s', (state, code) => expect(at(database(state))[0]).toBe(code));

  it('says how long to wait when the database is away', () => {
    expect(at(Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toEqual(['overloaded', { retryAfterSeconds: 1 }]);
    expect(at(new Error('Connection terminated unexpectedly'))[0]).toBe('overloaded');
    expect(at(new Error('timeout exceeded when trying to connect'))[0]).toBe('overloaded');
  });

  it('knows errors of body readers and uploads', () => {
    expect(at(Object.assign(new Error('x'), { type: 'entity.too.large', status: 413 }))[0]).toBe('payload_too_large');
    expect(at(Object.assign(new SyntaxError('x'), { type: 'entity.parse.failed', status: 400 }))[0]).toBe('malformed_body');
    expect(at(Object.assign(new Error('x'), { name: 'MulterError', code: 'LIMIT_FILE_SIZE' }))[0]).toBe('payload_too_large');
    expect(at(Object.assign(new Error('x'), { name: 'MulterError', code: 'LIMIT_PART_COUNT' }))[0]).toBe('malformed_body');
    expect(at(new HttpException('x', 413, { cause: Object.assign(new Error('x'), { type: 'entity.too.large' }) }))[0]).toBe('payload_too_large');
    expect(at(Object.assign(new Error('x'), { status: 404, expose: true }))[0]).toBe('route_not_found');
    expect(at(new URIError('x'))[0]).toBe('route_not_found');
  });

  it('takes everything else as internal and keeps the cause', () => {
    const fault = new TypeError('x');
    expect(toDomainError(fault, { method: 'GET', allow: [] })).toMatchObject({ code: 'internal', cause: fault });
    for (const odd of [undefined, null, 0, 'x', {}, Symbol('x'), Object.assign(new Error('x'), { status: 404 })]) expect(at(odd)[0]).toBe('internal');
  });
});

describe('renderProblem', () => {
  it.each(allCodes)('words %s', (code) => {
    const { status, body } = renderProblem(new DomainError(code, {}, { cause: new Error('SECRET') }), 'id-1');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status === 500).toBe(code === 'internal');
    expect(body).toEqual({ type: 'about:blank', title: expect.any(String), status, code, request_id: 'id-1' });
  });
});

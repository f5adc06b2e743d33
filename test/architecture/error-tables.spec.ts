import { type Request } from 'express';
import { dialects } from '../../src/dialects/index.js';
import { type RenderedError } from '../../src/http/dialect.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { allCodes } from '../unit/http/toy.js';
import { testConfig } from './support.js';

type Shape = (rendered: RenderedError) => void;

const keyInboxShape: Shape = ({ status, body }) => {
  expect([400, 404, 405, 413, 429, 500, 503]).toContain(status);
  expect(body).toMatchObject({
    success: false,
    messages: [{ level: status === 500 ? 'fatal' : 'error', message: expect.any(String), code: expect.stringMatching(/^[a-z_]+$/) }],
    response: null,
  });
};

/** On paths of the API; those of files have a plain refusal. */
const ossnShape: Shape = ({ status, body }) => {
  expect([200, 405, 413, 429, 500, 503]).toContain(status);
  expect(Object.keys(body as object)).toEqual(['merchant', 'url', 'time_token', 'payload', 'code', 'message']);
  expect(body).toMatchObject({ payload: false, code: expect.stringMatching(/^(10[1-7]|20[01])$/), message: expect.any(String) });
};

/** Under /api/v2/; those of /oauth/ have another form. */
const pmShape: Shape = ({ status, headers, body }) => {
  expect([400, 401, 403, 404, 405, 413, 429, 500, 503]).toContain(status);
  const fault = { message: expect.stringMatching(/\S/), code: expect.stringMatching(/^[a-z_]+$/) };
  const { errors } = body as { errors: { field?: string }[] };
  expect(errors).toHaveLength(1);
  for (const item of errors) expect(item).toEqual(item.field === undefined ? fault : { field: expect.stringMatching(/^[a-z_]+$/), messages: [fault] });
  expect(headers?.['WWW-Authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
};

const envelopeShape: Shape = ({ status, headers, body }) => {
  expect([400, 401, 403, 404, 405, 409, 413, 429, 500, 503, 507]).toContain(status);
  expect(body).toEqual({ error: expect.stringMatching(/^[a-z_]+$/), message: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(headers?.['WWW-Authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
};

/** Everywhere but under __token; that has another form. */
const cellShape: Shape = ({ status, headers, body }) => {
  expect([400, 401, 403, 404, 405, 409, 413, 429, 500, 503]).toContain(status);
  expect(body).toEqual({ code: expect.stringMatching(new RegExp(`^PR${status}-[A-Z]{2}-\\d{4}$`)), message: { lang: 'en', value: expect.stringMatching(/\S/) } });
  expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*', 'X-Personium-Version': '1.5.6' });
  expect(headers?.['WWW-Authenticate']).toBe(status === 401 ? 'Bearer realm="http://localhost:3000/ada/"' : undefined);
};

/** A path of each dialect's own. */
const PATHS: Readonly<Record<string, string>> = { ossn: '/api/v2.0/message/send', pm: '/api/v2/pm/', cell: '/ada/__message/send' };

/** The form each dialect gives to every error. A dialect without one here fails. */
const SHAPES: Readonly<Record<string, Shape>> = { keyinbox: keyInboxShape, ossn: ossnShape, pm: pmShape, envelope: envelopeShape, cell: cellShape };

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('the error table of %s', (name, dialect) => {
  it('has a form to be checked against', () => expect(Object.keys(SHAPES)).toContain(name));

  it.each(allCodes)('KEY-82 PM-16 ENV-48 CELL-09 words %s in its own form and without the cause', (code) => {
    const cause = Object.assign(new Error('SECRET4711'), { detail: 'SECRET4711' });
    const facts = { retryAfterSeconds: 3, allow: ['GET'], field: 'subject', limit: 5 };
    const request = { method: 'GET', path: PATHS[name] ?? '/', headers: {}, query: {} } as unknown as Request;
    for (const error of [new DomainError(code), new DomainError(code, facts, { cause })]) {
      const rendered = dialect.renderError(error, request, testConfig(), new SystemClock());
      expect(rendered.status === 200 || (rendered.status >= 400 && rendered.status < 600)).toBe(true);
      SHAPES[name]?.(rendered);
      expect(JSON.stringify(rendered)).not.toContain('SECRET4711');
    }
  });
});

import { DomainError } from '../../../../src/kernel/domain-error.js';
import { OssnFault, type FaultName } from '../../../../src/dialects/social/ossn/ossn.faults.js';
import { renderOssnError } from '../../../../src/dialects/social/ossn/ossn.errors.js';
import { Envelopes } from '../../../../src/dialects/social/ossn/ossn.envelope.js';
import { testConfig } from '../../../architecture/support.js';
import { TestClock } from '../../../support/store.js';
import { allCodes } from '../../http/toy.js';

const clock = new TestClock();
const NOW = Math.floor(clock.now() / 1000);
const config = testConfig({ OSSN_SITE_NAME: 'Harbour', PUBLIC_URL: 'https://harbour.example' });
const render = (error: DomainError, path = '/api/v2.0/message/send') => renderOssnError(error, path, config, clock);

describe('the envelope', () => {
  it('OSSN-07 has six keys in this order, success or not', () => {
    const envelopes = new Envelopes(config, clock);
    expect(JSON.stringify(envelopes.success({ a: 1 }))).toBe(
      JSON.stringify({ merchant: 'Harbour', url: 'https://harbour.example/', time_token: NOW, payload: { a: 1 }, code: '100', message: 'Request successfully executed' }),
    );
    expect(JSON.stringify(envelopes.failure('200', 'x'))).toBe(
      JSON.stringify({ merchant: 'Harbour', url: 'https://harbour.example/', time_token: NOW, payload: false, code: '200', message: 'x' }),
    );
    const own = testConfig({ OSSN_BASE_URL: 'https://other.example/ossn/', PUBLIC_URL: 'https://harbour.example' });
    expect(new Envelopes(own, clock).success(1).url).toBe('https://other.example/ossn/');
  });

  it.each<[FaultName, string, string | number]>([
    ['unknown_version', '107', 'Invalid API version'],
    ['unknown_name', '101', 'Invalid Method'],
    ['key_invalid', '106', 'Invalid API KEY token'],
    ['blank_message', '106', 'Message can not be blank'],
    ['input_empty', '106', 'One or more input expected , is empty. Please make sure you send all required inputs'],
    ['user_unknown', '103', 'No such a user exists'],
    ['list_user_unknown', '200', 'No such a user exists'],
    ['not_validated', '104', 'User not validated'],
    ['wrong_password', '105', 'Invalid username or password!'],
    ['not_sent', '200', 'Message can not be sent'],
    ['attachment_refused', '200', 'Message can not be sent'],
    ['not_deleted', '200', 'Message delete failed'],
    ['not_blocked', '200', 'Cannot block user! Please try again later.'],
    ['not_viewed', '200', 'Can not mark notification as read'],
    ['nothing_unread', '200', 'No unread messages has been found'],
    ['component_off', '201', 'One or more component required for this request can not be found on remote server'],
    ['password_short', '107', 6],
  ])('OSSN-08 %s is %s %j', (fault, code, message) => {
    expect(render(new OssnFault(fault))).toMatchObject({ status: 200, body: { payload: false, code, message } });
  });

  it('OSSN-05 status is 200 but for what the original cannot express, which has code 200', () => {
    const special: Record<string, number> = { method_not_allowed: 405, payload_too_large: 413, rate_limited: 429, overloaded: 503, internal: 500 };
    for (const code of allCodes) {
      const { status, body } = render(new DomainError(code));
      expect([code, status]).toEqual([code, special[code] ?? 200]);
      if (code in special) expect(body).toMatchObject({ payload: false, code: '200' });
      expect(typeof (body as { code: unknown }).code).toBe('string');
      expect((body as { code: unknown }).code).not.toBe('100');
    }
  });

  it('OSSN-25 refusals of files tell nothing apart', () => {
    const bodies = ['message_not_found', 'forbidden', 'unauthenticated', 'route_not_found', 'invalid_input'] as const;
    const seen = new Set(bodies.map((code) => JSON.stringify(render(new DomainError(code), '/messages/attachment/1/a.pdf'))));
    expect([...seen]).toEqual([JSON.stringify({ status: 404, headers: { 'Content-Type': 'application/problem+json; charset=utf-8' }, body: { type: 'about:blank', title: 'Not found', status: 404 } })]);
    expect(render(new DomainError('overloaded'), '/avatar/x/small/y.jpeg').status).toBe(503);
  });
});

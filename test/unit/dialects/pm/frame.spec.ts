import { type Request } from 'express';
import fc from 'fast-check';
import { type User } from '../../../../src/core/accounts/user.js';
import { formOf } from '../../../../src/dialects/social/pm/pm.forms.js';
import { renderPmError } from '../../../../src/dialects/social/pm/pm.errors.js';
import { denied, fieldFault, fieldFaults, formFault, notFound, PmFault, unauthenticated } from '../../../../src/dialects/social/pm/pm.faults.js';
import { safeMarkup } from '../../../../src/dialects/social/pm/pm.markup.js';
import { pageUrl, pmPage, sliceOf } from '../../../../src/dialects/social/pm/pm.pages.js';
import { bodyOf, idOf, idOfValue, queryText } from '../../../../src/dialects/social/pm/pm.query.js';
import { isSafeToPeek, methodsOfPath, ownsPath } from '../../../../src/dialects/social/pm/pm.routes.js';
import { renderGone, renderUser } from '../../../../src/dialects/social/pm/users/user.render.js';
import { DomainError } from '../../../../src/kernel/domain-error.js';

const asked = (url: string): Request => {
  const at = url.indexOf('?');
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1))) {
    const known = query[name];
    query[name] = known === undefined ? value : [known, value].flat();
  }
  return { url, path: at < 0 ? url : url.slice(0, at), query } as unknown as Request;
};
const PUBLIC = 'https://post.example/base';

describe('markup', () => {
  test('PM-110 the sign is replaced exactly where it could open a tag', () => {
    expect(safeMarkup('1 < 2 & 3 > 2')).toBe('1 < 2 & 3 > 2');
    expect(safeMarkup('<b>a</b><!-- x --><?y?>< c <1 <')).toBe('&lt;b>a&lt;/b>&lt;!-- x -->&lt;?y?>< c <1 <');
    expect(safeMarkup('<<<a')).toBe('<<&lt;a');
  });

  test('PM-110 whatever the text, no tag is left and nothing else has changed', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.constantFrom('<', '</', '<!', '<?', '<a', '<Z', '&lt;', '< '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const safe = safeMarkup(text);
        expect(safe).not.toMatch(/<[A-Za-z/!?]/);
        if (!text.includes('&lt;')) expect(safe.replaceAll('&lt;', '<')).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('pages', () => {
  test.each<[string, number, number]>([
    ['', 20, 0], ['?limit=5&offset=7', 5, 7], ['?limit=0', 20, 0], ['?limit=200', 200, 0], ['?limit=201', 200, 0], ['?limit=-1&offset=-1', 20, 0], ['?limit=1e3', 20, 0],
    ['?limit=abc&offset=%00', 20, 0], ['?limit=undefined&offset=null', 20, 0], ['?limit=3&limit=4', 3, 0], ['?limit=99999999999999999999', 200, 0], ['?offset=999999999999999', 20, 999_999_999_999_999],
    ['?offset=99999999999999999999', 20, 999_999_999_999_999],
  ])('PM-21 %p asks for %p from %p on', (query, limit, offset) => {
    expect(sliceOf(asked(`/api/v2/pm/${query}`))).toEqual({ limit, offset });
  });

  test('PM-20 next and previous are absolute, keep other parameters and stay on the public address', () => {
    const request = asked('/api/v2/user/5/followers?mutual=1&limit=2&offset=2&x=%26%20');
    const page = pmPage(PUBLIC, request, { limit: 2, offset: 2 }, 7, ['a', 'b']);
    expect(page).toEqual({
      count: 7,
      next: `${PUBLIC}/api/v2/user/5/followers/?mutual=1&limit=2&offset=4&x=%26+`,
      previous: `${PUBLIC}/api/v2/user/5/followers/?mutual=1&limit=2&offset=0&x=%26+`,
      results: ['a', 'b'],
    });
  });

  test('PM-21 every page can be reached by following next, and next never leads to nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 25 }), fc.integer({ min: 0, max: 70 }), (total, limit, offset) => {
        const all = Array.from({ length: total }, (_, index) => index);
        const seen: number[] = [];
        let url: string | null = `/api/v2/x/?limit=${limit}&offset=${offset}`;
        while (url !== null) {
          const request = asked(url);
          const slice = sliceOf(request);
          const results = all.slice(slice.offset, slice.offset + slice.limit);
          const page = pmPage('https://h', request, slice, total, results);
          if (seen.length > 0) expect(results.length).toBeGreaterThan(0);
          seen.push(...results);
          url = page.next === null ? null : page.next.slice('https://h'.length);
        }
        expect(seen).toEqual(all.slice(offset));
      }),
    );
  });

  test('PM-21 a count that has grown since does not make a next that leads to nothing', () => {
    expect(pmPage('https://h', asked('/l/?offset=2'), { limit: 2, offset: 2 }, 5, []).next).toBeNull();
  });

  test('PM-20 previous of a page beyond the end leads to the last one', () => {
    expect(pmPage('https://h', asked('/l/?offset=90'), { limit: 2, offset: 90 }, 5, []).previous).toBe('https://h/l/?offset=3&limit=2');
    expect(pageUrl('https://h', asked('/l/?offset=90&a=1'), { offset: null, before_message: 7 })).toBe('https://h/l/?a=1&before_message=7');
  });
});

describe('errors', () => {
  const bodyFor = (error: DomainError) => renderPmError(error, '/api/v2/pm/');

  test('PM-16 a field stands with its messages, everything else by itself', () => {
    expect(bodyFor(fieldFault('recipients', 'does_not_exist', 'Unknown user.'))).toEqual({
      status: 400, body: { errors: [{ field: 'recipients', messages: [{ message: 'Unknown user.', code: 'does_not_exist' }] }] },
    });
    expect(bodyFor(denied('No.'))).toEqual({ status: 403, body: { errors: [{ message: 'No.', code: 'permission_denied' }] } });
    expect(bodyFor(formFault('Both.')).body).toEqual({ errors: [{ field: 'non_field_errors', messages: [{ message: 'Both.', code: 'invalid' }] }] });
    expect(bodyFor(fieldFaults([{ field: 'a', code: 'required', message: '1' }, { field: 'b', code: 'invalid', message: '2' }, { field: 'a', code: 'invalid', message: '3' }])).body).toEqual({
      errors: [{ field: 'a', messages: [{ message: '1', code: 'required' }, { message: '3', code: 'invalid' }] }, { field: 'b', messages: [{ message: '2', code: 'invalid' }] }],
    });
  });

  test.each<[DomainError, number, string]>([
    [new DomainError('invalid_input', { field: 'user' }), 400, 'user: invalid'], [new DomainError('invalid_input'), 400, 'non_field_errors: invalid'],
    [unauthenticated(false), 401, 'not_authenticated'], [unauthenticated(true), 401, 'authentication_failed'], [new DomainError('unauthenticated'), 401, 'authentication_failed'],
    [new DomainError('forbidden'), 403, 'permission_denied'], [new DomainError('not_followed'), 403, 'permission_denied'], [new DomainError('feature_off'), 403, 'permission_denied'],
    [notFound(), 404, 'not_found'], [new DomainError('route_not_found'), 404, 'not_found'], [new DomainError('message_not_found'), 404, 'not_found'],
    [new DomainError('method_not_allowed'), 405, 'method_not_allowed'], [new DomainError('payload_too_large'), 413, 'too_large'], [new DomainError('rate_limited'), 429, 'throttled'],
    [new DomainError('overloaded'), 503, 'unavailable'], [new DomainError('internal'), 500, 'error'], [new DomainError('malformed_body'), 400, 'parse_error'],
    [new DomainError('duplicate'), 400, 'non_field_errors: unique'], [new DomainError('blank_message'), 400, 'message: required'], [new DomainError('too_long'), 400, 'message: max_length'],
    [new PmFault(410, 'message_not_found', [{ code: 'not_found', message: 'Gone.' }]), 410, 'not_found'],
  ])('PM-17 %s is %p %p', (error, status, words) => {
    const rendered = bodyFor(error);
    const [item] = (rendered.body as { errors: { field?: string; code?: string; messages?: { code: string }[] }[] }).errors;
    expect([rendered.status, item?.field === undefined ? item?.code : `${item.field}: ${item.messages?.[0]?.code}`]).toEqual([status, words]);
  });

  test('PM-18 nothing a caller sends is refused as forbidden', () => {
    for (const code of ['invalid_input', 'malformed_body', 'blank_message', 'too_long', 'too_many_recipients', 'attachment_refused', 'duplicate', 'conflict', 'payload_too_large'] as const) {
      expect([code, bodyFor(new DomainError(code)).status === 403]).toEqual([code, false]);
    }
  });

  test('PM-14 under /oauth/ the words are those of RFC 6749', () => {
    for (const code of ['internal', 'overloaded', 'rate_limited', 'route_not_found', 'malformed_body', 'invalid_input'] as const) {
      expect(Object.keys(renderPmError(new DomainError(code), '/oauth/token/').body as object)).toEqual(['error', 'error_description']);
    }
  });
});

describe('values', () => {
  test.each([['1', '1'], ['9007199254740991', '9007199254740991'], ['9007199254740992', null], ['0', null], ['01', null], ['-1', null], ['1.0', null], ['', null], ['1e3', null], ['٣', null], [' 1', null]])('PM-23 the text %p names the id %p', (text, id) => {
    expect(idOf(text)).toBe(id);
  });

  test.each<[unknown, string | null]>([[7, '7'], ['7', '7'], [7.5, null], [0, null], [-7, null], [1e20, null], [NaN, null], [null, null], [true, null], [[7], null], [{}, null], ['7.0', null]])('PM-31 the value %p names the id %p', (value, id) => {
    expect(idOfValue(value)).toBe(id);
  });

  test('PM-10 what clients call undefined is not given', () => {
    const request = asked('/x/?thread=undefined&user=5&empty=&nothing=null&twice=a&twice=b');
    expect(['thread', 'user', 'empty', 'nothing', 'twice', 'absent'].map((name) => queryText(request, name))).toEqual([undefined, '5', undefined, undefined, 'a', undefined]);
    for (const body of [undefined, null, 'x', [1], 5]) expect(bodyOf({ body } as Request)).toEqual({});
  });

  test('PM-06 a form is read as one only where it says so and is no JSON', () => {
    const form = 'application/x-www-form-urlencoded; charset=utf-8';
    expect({ ...formOf(Buffer.from('a=1&b=%C3%A9+x&a=2'), form) }).toEqual({ a: '2', b: 'é x' });
    expect(formOf(Buffer.from('  {"a":1}'), form)).toBeNull();
    expect(formOf(Buffer.from('a=1'), 'text/plain')).toBeNull();
    expect(formOf(Buffer.alloc(0), form)).toBeNull();
    expect(formOf(Buffer.from([0x61, 0x3d, 0xff]), form)).toBeNull();
    expect(({ ...formOf(Buffer.from('__proto__=x'), form) } as { x?: unknown }).x).toBeUndefined();
  });
});

describe('routes', () => {
  test('PM-02 /api/v2/ is ours and /api/v2.0/ is not', () => {
    for (const path of ['/api/v2', '/api/v2/', '/api/v2/pm/', '/api/v2/x', '/oauth/token/', '/oauth', '/ws/notify', '/ws']) expect([path, ownsPath(path)]).toEqual([path, true]);
    for (const path of ['/api/v2.0/', '/api/v2.0', '/api/v1/', '/api/v20/', '/api', '/API/v2/', '/oauthx', '/wsx', '/']) expect([path, ownsPath(path)]).toEqual([path, false]);
  });

  test('PM-01 PM-57 paths know their methods with and without the slash', () => {
    expect([methodsOfPath('/api/v2/pm/'), methodsOfPath('/api/v2/pm')]).toEqual([['GET', 'HEAD', 'POST', 'DELETE'], ['GET', 'HEAD', 'POST', 'DELETE']]);
    expect(methodsOfPath('/api/v2/pm/5/')).toEqual(['GET', 'HEAD', 'DELETE']);
    expect([methodsOfPath('/api/v2/pm/search/'), methodsOfPath('/api/v2/pm/upload/'), methodsOfPath('/api/v2/user/5/settings/')]).toEqual([['GET', 'HEAD'], ['POST'], ['GET', 'HEAD', 'PATCH']]);
    expect([methodsOfPath('/api/v2/user/5/nothing/'), methodsOfPath('/ws/notify'), methodsOfPath('/api/v2/pm//')]).toEqual([[], [], []]);
  });

  test('PM-55 a GET that marks something as seen is not run by HEAD', () => {
    expect([isSafeToPeek('/api/v2/pm/'), isSafeToPeek('/api/v2/notification/'), isSafeToPeek('/api/v2/pm/5/'), isSafeToPeek('/api/v2/user/me/')]).toEqual([false, false, true, true]);
  });
});

describe('users', () => {
  const user: User = {
    id: '42', username: 'jonas', firstName: 'Jonas', lastName: '<i>Lind', email: 'jonas@example.org', birthdate: '1990-05-24', gender: 'male', role: 'admin',
    createdAt: new Date(Date.UTC(2025, 2, 4)), validatedAt: new Date(Date.UTC(2025, 2, 4)), lastActivityAt: new Date(Date.UTC(2025, 2, 5)), disabledAt: null,
  };

  test('PM-28 others see this and no more', () => {
    expect(renderUser(user, { connectionStatus: 'followed', followers: 3, followings: 4 })).toEqual({
      id: 42, username: 'jonas', real_name: 'Jonas &lt;i>Lind', avatar: null, ext_id: null, deleted: false, community_badge: true, connection_status: 'followed',
      followers_counter: 3, followings_counter: 4, date_joined: '2025-03-04T00:00:00.000Z', bio: '', location: '', description: '', gender: 'male', website: '', cover: null,
      tags: [], reputation: null, reg_approved: true,
    });
    const text = JSON.stringify(renderUser(user));
    for (const secret of ['example.org', '1990', '2025-03-05']) expect(text).not.toContain(secret);
  });

  test('PM-28 one who is gone keeps his id alone', () => {
    const gone = renderUser({ ...user, disabledAt: new Date(0) });
    expect(gone).toEqual(renderGone('42'));
    expect(gone).toMatchObject({ id: 42, deleted: true, username: 'deleted-42', real_name: '', gender: null, date_joined: null });
    expect(gone.username).toMatch(/^[A-Za-z0-9_-]+$/);
  });
});

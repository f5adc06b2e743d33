import { OPERATIONS, operationKey } from '../../../../src/dialects/social/ossn/ossn.operations.js';
import { apiTarget, isFilePath, methodsOfPath, ownsPath } from '../../../../src/dialects/social/ossn/ossn.routes.js';
import { refuseGetWrite } from '../../../../src/dialects/social/ossn/ossn.writes.js';

const kindOf = (path: string): string | undefined => apiTarget(path)?.kind;

describe('the paths of the API', () => {
  it.each(Object.values(OPERATIONS).map((operation) => operationKey(operation)))('OSSN-01 /api/%s is served, with a slash at its end too', (key) => {
    for (const path of [`/api/${key}`, `/api/${key}/`]) {
      expect(apiTarget(path)).toMatchObject({ kind: 'operation' });
      expect(methodsOfPath(path)).toEqual(['GET', 'POST']);
    }
  });

  it('OSSN-01 letter case counts, and v1.0 names have one segment, v2.0 names two', () => {
    for (const path of ['/api/v2.0/Message/send', '/api/v2.0/message/SEND', '/api/v1.0/Message_add']) expect([path, kindOf(path)]).toEqual([path, 'unknown_name']);
    expect(kindOf('/API/v2.0/message/send')).toBeUndefined();
    for (const { version, name } of Object.values(OPERATIONS)) expect([name, name.split('/').length]).toEqual([name, version === 'v1.0' ? 1 : 2]);
  });

  it('OSSN-02 nothing but versions with a dot is taken', () => {
    for (const path of ['/api/v1/message', '/api/v2/pm/', '/api/v2/pm/1', '/api', '/api/', '/api/v1', '/api/v2/', '/api/vx.0/a', '/api/v.1/a', '/api/polypost/v1/x', '/messages', '/messages/', '/messages/175', '/messages/attachment', '/messages/attachment/', '/messages/attachments/1', '/messages_attachment', '/avatars/x', '/']) {
      expect([path, ownsPath(path)]).toEqual([path, false]);
    }
    for (const path of ['/api/v1.0', '/api/v2.0/', '/api/v9.9/x', '/api/v3.0/message/send', '/api/v10.0/x', '/messages/attachment/175/dummy.pdf', '/messages_attachment_view/175', '/avatar/x/small/y.jpeg']) {
      expect([path, ownsPath(path)]).toEqual([path, true]);
    }
  });

  it('OSSN-06 tells unknown versions from unknown names', () => {
    for (const path of ['/api/v3.0/message/send', '/api/v1.1/message_add', '/api/v2.00/message/send', '/api/v2.0.1/x', '/api/v0.0']) expect([path, kindOf(path)]).toEqual([path, 'unknown_version']);
    for (const path of ['/api/v2.0/message', '/api/v2.0', '/api/v2.0/', '/api/v2.0/message_add', '/api/v1.0/message/send', '/api/v1.0/nothing', '/api/v2.0/message/send/more', '/api/v2.0/message%2Fsend', '/api/v2.0/__proto__', '/api/v2.0//message/send']) {
      expect([path, kindOf(path)]).toEqual([path, 'unknown_name']);
      expect(methodsOfPath(path)).toEqual([]);
    }
  });

  it.each(['wall_list_user', 'wall_add', 'comments_list', 'comment_add', 'like_add', 'unlike_set', 'photos_list', 'groups_member', 'group_add'])('OSSN-47 %s is outside', (name) => {
    expect(kindOf(`/api/v1.0/${name}`)).toBe('unknown_name');
    expect(kindOf(`/api/v2.0/${name.replace('_', '/')}`)).toBe('unknown_name');
  });

  it('OSSN-25 both paths of files are served, with or without a name', () => {
    for (const path of ['/messages/attachment/175/dummy.pdf', '/messages/attachment/175', '/messages_attachment_view/175/x.jpg', '/messages_attachment_view/175/', '/avatar/ines/small/hash.jpeg', '/avatar/ines/small']) {
      expect([path, isFilePath(path), methodsOfPath(path)]).toEqual([path, true, ['GET', 'HEAD']]);
    }
    for (const path of ['/messages/attachment/175/a/b', '/avatar/ines', '/avatar/ines/small/a/b', '/api/v2.0/message/send']) expect([path, isFilePath(path)]).toEqual([path, false]);
  });
});

describe('a GET that changes something', () => {
  const refused = (method: string, headers: Record<string, string>, allowed = true): boolean => {
    try {
      refuseGetWrite({ method, headers } as never, allowed);
      return false;
    } catch {
      return true;
    }
  };

  it('OSSN-22 is taken from programs and persons, and can be switched off', () => {
    expect(refused('GET', {})).toBe(false);
    expect(refused('GET', { 'sec-fetch-dest': 'document' })).toBe(false);
    expect(refused('GET', { 'sec-fetch-dest': 'empty' })).toBe(false);
    expect(refused('GET', {}, false)).toBe(true);
    expect(refused('POST', {}, false)).toBe(false);
  });

  it.each([{ 'sec-purpose': 'prefetch' }, { 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }, { 'x-moz': 'prefetch' }, { 'x-purpose': 'preview' }, { 'sec-fetch-dest': 'image' }, { 'sec-fetch-dest': 'iframe' }, { 'sec-fetch-dest': 'script' }])(
    'OSSN-22 is not taken from a browser on its own: %j',
    (headers) => {
      expect(refused('GET', headers)).toBe(true);
      expect(refused('POST', headers)).toBe(false);
    },
  );
});

import { CellVariables } from '../../../../src/dialects/cell/cell.config.js';
import { portBody } from '../../../../src/dialects/cell/remote/port-body.js';
import { outcomeOf } from '../../../../src/dialects/cell/remote/port-reply.js';
import { loadConfig } from '../../../../src/config/load-config.js';
import { type CellMessage } from '../../../../src/core/cell/messages/cell-message.js';
import { RemoteUnits } from '../../../../src/core/cell/remote/remote-units.js';

const message: CellMessage = {
  wireId: '3afcc60e35fc49ee9a4e4f6c1ebee426',
  side: 'sent',
  from: 'https://here.example/ada/',
  type: 'message',
  title: 'Garden\0',
  body: 'Come',
  priority: 2,
  inReplyTo: null,
  relation: null,
  target: null,
  objects: null,
  status: '',
  boundTo: '7',
  boxName: 'orch',
  publishedAt: new Date(0),
  updatedAt: new Date(0),
  revision: 1,
  to: 'x',
  toRelation: 'friend',
  results: [{ to: 'https://there.example/bob/', outcome: 'unreachable' }],
  schema: null,
  others: null,
};

describe('CELL-42 a message for the port of another server', () => {
  it('has every member, and nothing of what concerns its sender alone', () => {
    expect(JSON.parse(portBody(message, 'https://there.example/bob/'))).toEqual({
      __id: message.wireId, Schema: null, InReplyTo: null, From: 'https://here.example/ada/', MulticastTo: null, Type: 'message', Title: 'Garden\0', Body: 'Come',
      Priority: 2, Status: 'unread', RequestRelation: null, RequestRelationTarget: null,
    });
  });

  it('names the other destinations', () => {
    const results = ['https://here.example/eve/', 'https://there.example/bob/', 'https://else.example/joe/'].map((to) => ({ to, outcome: 'delivered' }) as const);
    expect(JSON.parse(portBody({ ...message, results }, 'https://there.example/bob/'))).toMatchObject({ MulticastTo: 'https://here.example/eve/,https://else.example/joe/' });
  });

  it('carries requests of both kinds, and the app they are for', () => {
    const asked = { ...message, type: 'req.relation.build', relation: 'friend', target: 'https://here.example/ada/', schema: 'https://app.example/orch/' };
    expect(JSON.parse(portBody(asked, 'https://there.example/bob/'))).toMatchObject({ Type: 'req.relation.build', Status: 'none', RequestRelation: 'friend', RequestRelationTarget: 'https://here.example/ada/', Schema: 'https://app.example/orch/' });
    const objects = [
      { type: 'role.add', name: 'reader', classUrl: null, target: 'https://here.example/ada/' },
      { type: 'relation.add', name: null, classUrl: 'https://app.example/orch/__relation/__/friend', target: 'https://here.example/ada/' },
    ];
    expect(JSON.parse(portBody({ ...message, type: 'request', objects }, 'https://there.example/bob/'))).toMatchObject({
      Status: 'none',
      RequestObjects: [
        { RequestType: 'role.add', Name: 'reader', TargetUrl: 'https://here.example/ada/' },
        { RequestType: 'relation.add', ClassUrl: 'https://app.example/orch/__relation/__/friend', TargetUrl: 'https://here.example/ada/' },
      ],
    });
  });
});

describe('CELL-33 what the port of another server answers', () => {
  const error = (code: string, value: unknown): string => JSON.stringify({ code, message: { lang: 'en', value } });
  it.each<[number, string, object]>([
    [201, '', { kind: 'delivered' }],
    [409, error('PR409-OD-0003', 'The entity already exists.'), { kind: 'delivered' }],
    [404, error('PR404-DV-0003', 'Cell not found.'), { kind: 'answered', code: 404, reason: 'Cell not found.' }],
    [400, error('PR400-RM-0002', 'Box corresponding to the schema can not be found. Schema [x].'), { kind: 'answered', code: 400, reason: 'Box corresponding to the schema can not be found. Schema [x].' }],
    [403, error('PR403-AU-0002', 'a\0b\nc'), { kind: 'answered', code: 403, reason: 'a b c' }],
    [400, error('x', 'y'.repeat(5000)), { kind: 'answered', code: 400, reason: 'y'.repeat(1024) }],
    [400, error('x', { a: 1 }), { kind: 'answered', code: 400, reason: '' }],
    [400, '<html>', { kind: 'answered', code: 400, reason: '' }],
    [400, 'null', { kind: 'answered', code: 400, reason: '' }],
    ...[200, 204, 301, 302, 307, 401, 408, 429, 500, 502, 503].map((status): [number, string, object] => [status, '{}', { kind: 'later', silent: false }]),
  ])('%s %s', (status, body, outcome) => {
    expect(outcomeOf({ kind: 'reply', status, body })).toEqual(outcome);
  });

  it('or nothing', () => {
    expect(outcomeOf({ kind: 'nothing' })).toEqual({ kind: 'later', silent: true });
  });
});

describe('CELL-44 other servers', () => {
  const sections = [{ name: 'cell', config: CellVariables }];
  const secrets = { POLYPOST_ADMIN_TOKEN: 'aQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX', FILE_URL_SECRET: 'bQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX', CELL_SIGNING_KEY: 'cQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX' };
  const load = (env: Record<string, string>) => loadConfig({ env: { DATABASE_URL: 'postgres://x@localhost/x', ...secrets, ...env }, sections });

  it('are none unless they are named', () => {
    expect(load({}).section(CellVariables).CELL_REMOTE_UNITS).toEqual([]);
  });

  it('may not have private addresses in production', () => {
    const exempted = { CELL_REMOTE_UNITS: 'https://one.example,https://two.example=10.0.0.0/8' };
    expect(load(exempted).section(CellVariables).CELL_REMOTE_UNITS).toHaveLength(2);
    expect(() => load({ ...exempted, NODE_ENV: 'production' })).toThrow('CELL_REMOTE_UNITS must not have a range when NODE_ENV is production');
    expect(() => load({ CELL_REMOTE_UNITS: 'https://one.example', NODE_ENV: 'production' })).not.toThrow();
    expect(() => load({ CELL_REMOTE_UNITS: 'http://one.example' })).toThrow('CELL_REMOTE_UNITS');
  });

  it('have cells right below their address, and nothing else', () => {
    const units = new RemoteUnits(load({ CELL_REMOTE_UNITS: 'https://one.example,https://one.example:8443' }).section(CellVariables).CELL_REMOTE_UNITS);
    expect(units.unitOf('https://one.example/bob/')?.port).toBe(443);
    expect(units.unitOf('https://one.example:8443/bob/')?.port).toBe(8443);
    for (const url of ['https://one.example/', 'https://one.example/bob', 'https://one.example/bob/box/', 'https://one.example/../bob/', 'https://one.example.evil/bob/', 'http://one.example/bob/', 'https://one.example:444/bob/', 'https://one.example/__ctl/', 'https://one.example/bob?x/', 'https://one.example/b%6fb/']) {
      expect([url, units.unitOf(url)]).toEqual([url, null]);
    }
  });
});

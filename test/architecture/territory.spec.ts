import fc from 'fast-check';
import { isCellName, RESERVED_NAMES } from '../../src/dialects/cell/cell.routes.js';
import { dialects } from '../../src/dialects/index.js';
import { HealthController } from '../../src/http/health.controller.js';
import { HOUSE_SEGMENTS, houseMethodsOf } from '../../src/http/house.js';
import { Territory } from '../../src/http/territory.js';
import { type DeclaredRoute, routesOf } from './support.js';

/** Texts to stand in for parameters: ids of every dialect and words that are routes elsewhere. */
const FILLERS = ['abc1', '0xSIDabc123', '175', 'view', 'receiver', 'auth', '_Role'];
/** A first segment that is anybody's name, as long as nobody else has it. */
const NAMED = /^\/:cell(?=\/|$)/;
const HOSTILE = [
  '/', '//', '/.', '/..', '/%', '/%2f', '/%00', '/messages/attachment/175/a.pdf', '/messages/attachment/../1', '/messages_attachment_view/1',
  '/avatar/1/large', '/api/v1.0/user', '/api/polypost/v1/x', '/oauth/token', '/ws', '/c', '/console/', '/health', '/metrics', '/docs/x', '/__ctl/Message',
  '/cell1/', '/cell1/__ctl/SentMessage', '/cell1/__message/send', '/Messages', '/MESSAGES/x', '/ping/', '/ping/x', '/sign/../messages', '/identity%2fauth',
];

// what takes the rest, in order to refuse it, is no route
const byDialect = dialects.map((dialect) => ({ dialect, routes: routesOf(dialect.module).filter(({ method }) => method !== 'ALL') }));

function samplesOf({ pattern }: DeclaredRoute): string[] {
  return FILLERS.map((filler) => pattern.replace(NAMED, '/ada').replace(/:\w+/g, filler));
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/[.()'$]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`).test(path);
}

const samples = byDialect.flatMap(({ routes }) => routes.flatMap(samplesOf));

describe('territory', () => {
  it('KEY-83 no path belongs to two dialects, or to a dialect and the house', () => {
    const check = (path: string): void => {
      const owners = dialects.filter((dialect) => dialect.owns(path)).map((dialect) => dialect.name);
      expect({ path, owners: owners.slice(1) }).toEqual({ path, owners: [] });
      if (houseMethodsOf(path).length > 0) expect({ path, owners }).toEqual({ path, owners: [] });
    };
    [...samples, ...samples.map((path) => `${path}/`), ...HOSTILE, ...HOUSE_SEGMENTS.map((segment) => `/${segment}`)].forEach(check);
    const segment = fc.oneof(fc.constantFrom(...samples.flatMap((path) => path.split('/'))), fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('%', '%2f', '..', '__ctl'));
    fc.assert(fc.property(fc.array(segment, { maxLength: 5 }), (segments) => check(`/${segments.join('/')}`)), { numRuns: 2000 });
  });

  it.each(byDialect.map(({ dialect, routes }) => [dialect.name, dialect, routes] as const))('%s declares routes and owns all of them', (_name, dialect, routes) => {
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) for (const path of samplesOf(route)) expect({ path, owned: dialect.owns(path) }).toEqual({ path, owned: true });
  });

  it.each(byDialect.map(({ dialect, routes }) => [dialect.name, dialect, routes] as const))('%s names exactly the methods its routes have', (_name, dialect, routes) => {
    for (const route of routes) {
      // a parameter may take only some words: at least one of the samples must be a path of this route
      const known = samplesOf(route).filter((path) => dialect.methodsOf(path).includes(route.method));
      expect({ ...route, known: known.length > 0 }).toEqual({ ...route, known: true });
    }
    for (const path of routes.flatMap(samplesOf)) {
      const real = new Set(routes.filter((route) => matches(route.pattern, path)).map((route) => route.method));
      const unreal = dialect.methodsOf(path).filter((method) => method !== 'HEAD' && !real.has(method));
      expect({ path, unreal }).toEqual({ path, unreal: [] });
    }
  });

  it('first segments are reserved by whoever owns them', () => {
    const territory = new Territory(dialects);
    const fixed = byDialect.flatMap(({ routes }) => routes.filter(({ pattern }) => !NAMED.test(pattern)).flatMap(samplesOf));
    for (const path of fixed) expect({ path, reserved: territory.isReserved(path.split('/')[1] ?? '') }).toEqual({ path, reserved: true });
    for (const segment of HOUSE_SEGMENTS) expect(territory.isReserved(segment.toUpperCase())).toBe(true);
  });

  it('CELL-70 no cell can have a name that anybody owns, and may have all others', () => {
    const owned = [...HOUSE_SEGMENTS, ...dialects.flatMap((dialect) => dialect.reservedSegments)];
    for (const segment of [...owned, ...owned.map((name) => name.toUpperCase())]) expect({ segment, free: isCellName(segment) }).toEqual({ segment, free: false });
    for (const name of RESERVED_NAMES) expect(isCellName(name)).toBe(false);
    for (const name of ['ada', 'api1', 'Docs-2', 'a'.repeat(128)]) expect(isCellName(name)).toBe(true);
    for (const name of ['', '-a', '_a', 'a.b', 'a b', 'a%62', '..', 'a'.repeat(129), 'ä']) expect(isCellName(name)).toBe(false);
  });

  it('nothing a dialect is asked about a path throws', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '%', '%2f', '%00', '%E0%A4%A', '..', ...samples));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (parts) => {
        const path = `/${parts.join('')}`;
        for (const dialect of dialects) {
          dialect.owns(path);
          dialect.methodsOf(path);
          dialect.headIsSafe(path);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('the house names exactly the methods its routes have', () => {
    class HouseModule {}
    Reflect.defineMetadata('controllers', [HealthController], HouseModule);
    for (const { method, pattern } of routesOf(HouseModule)) expect(houseMethodsOf(pattern)).toContain(method);
  });
});

import fc from 'fast-check';
import { Territory } from '../../../src/http/territory.js';
import { alpha, beta } from './toy.js';

const territory = new Territory([alpha, beta]);

describe('Territory', () => {
  it('names the owner by the raw path', () => {
    expect(territory.ownerOf('/alpha/things/1')).toBe(alpha);
    expect(territory.ownerOf('/beta')).toBe(beta);
    for (const path of ['/', '/Alpha', '/alphabet', '/%61lpha', '//alpha', '/docs']) expect(territory.ownerOf(path)).toBeNull();
  });

  it('KEY-83 keeps reserved first segments in any letter case and encoding', () => {
    for (const segment of ['alpha', 'ALPHA', '%61lpha', 'a%6cpha', 'ärger', '%C3%84RGER', 'docs', 'Docs-Json', 'livez', 'ａｌｐｈａ']) {
      expect(territory.isReserved(segment)).toBe(true);
    }
    for (const segment of ['alph', 'cell1', '', '%', '%E0%A4%A']) expect(territory.isReserved(segment)).toBe(false);
  });

  it('never throws, whatever the path', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('/', '%', '%2f', '%00', '..', 'alpha', '%E0%A4%A'));
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        const path = `/${parts.join('')}`;
        const owner = territory.ownerOf(path);
        for (const segment of path.split('/')) territory.isReserved(segment);
        return owner === null || path.startsWith(`/${owner.name}`);
      }),
    );
  });
});

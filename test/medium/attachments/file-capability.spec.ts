import { FileCapability } from '../../../src/core/attachments/file-capability.js';
import { type Config } from '../../../src/config/config.js';
import { TestClock } from '../../support/store.js';

const NEW = 'h5Ns8dXr3vHf2gZt9LcYa4eJm7wq6pKb';
const OLD = 'b3Xt9Qw7Er5Ty1Ui8Op2As4Df6Gh0JkL';
const clock = new TestClock();
const capability = (secret: string, previous: readonly string[] = []) =>
  new FileCapability({ house: { FILE_URL_SECRET: secret, FILE_URL_SECRET_PREVIOUS: previous } } as unknown as Config, clock);
const parse = (query: string) => Object.fromEntries(new URLSearchParams(query));
const file = { kind: 'toy/file', id: '175' };

describe('an address that opens a file', () => {
  it('opens that file until it expires', () => {
    const files = capability(NEW);
    const query = parse(files.sign(file, 60));
    expect(Object.keys(query)).toEqual(['e', 's']);
    expect(query['s']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(files.opens(file, query)).toBe(true);
    clock.advance(59_000);
    expect(files.opens(file, query)).toBe(true);
    clock.advance(1_001);
    expect(files.opens(file, query)).toBe(false);
  });

  it('P7 opens no other file, in no other role, and not for longer', () => {
    const files = capability(NEW);
    const query = parse(files.sign(file, 60));
    for (const other of [{ ...file, id: '176' }, { ...file, id: '17' }, { ...file, kind: 'toy/thumbnail' }, { kind: 'toy/file1', id: '75' }]) {
      expect(files.opens(other, query)).toBe(false);
    }
    const { e, s } = query as { e: string; s: string };
    const altered = `${s.startsWith('A') ? 'B' : 'A'}${s.slice(1)}`;
    for (const wrong of [{ e: String(Number(e) + 1), s }, { e: `0${e}`, s }, { e, s: altered }, { e, s: `${s}A` }, { e, s: s.slice(1) }, { e }, { s }, {}, { e: [e], s: [s] }, { e: Number(e), s }, { e: `${e}\n`, s }, { e: '9'.repeat(40), s }]) {
      expect(files.opens(file, wrong)).toBe(false);
    }
    expect(capability(OLD).opens(file, query)).toBe(false);
  });

  it('stays good when the secret is replaced, as long as the old one is listed', () => {
    const query = parse(capability(OLD).sign(file, 60));
    expect(capability(NEW, [OLD]).opens(file, query)).toBe(true);
    expect(capability(NEW).opens(file, query)).toBe(false);
    expect(capability(NEW, [OLD]).sign(file, 60)).toBe(capability(NEW).sign(file, 60));
  });
});

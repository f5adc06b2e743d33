import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'requirements-check.js');
// put together here, so that the check of this very project does not read them as titles
const id = (number: number): string => `LAN-${number}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'polypost-requirements-'));
  mkdirSync(join(root, 'docs', 'contracts'), { recursive: true });
  mkdirSync(join(root, 'test', 'e2e'), { recursive: true });
  write('docs/contracts/lantern.md', `**${id(10)} MUST [S]** shine.\n\ntext about ${id(99)}\n\n- **${id(11)}** fade.\n`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
function check(tests: string, exceptions?: object): { status: number | null; lines: string[] } {
  write('test/e2e/lantern.spec.ts', tests);
  if (exceptions) write('docs/contracts/exceptions.json', JSON.stringify(exceptions));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return { status, lines: (stderr || stdout).trimEnd().split('\n') };
}

describe('the check of requirements', () => {
  it('is content when every requirement is in the title of a test', () => {
    const tests = `describe('${id(10)}', () => { it.each([1])(\`%d ${id(11)} fades \${x}\`, () => {}); });`;
    expect(check(tests)).toEqual({ status: 0, lines: ['2 requirements, 0 of them excepted'] });
  });

  it('names what no test names', () => {
    const tests = `// ${id(11)}\nit('${id(10)} shines', () => { expect('${id(11)}').toBe(1); });`;
    expect(check(tests)).toEqual({ status: 1, lines: [`${id(11)} (docs/contracts/lantern.md) is named by no test`] });
  });

  it('does not count tests that are skipped', () => {
    for (const skipped of ['it.skip', 'xit', 'test.todo', 'describe.skip', 'xdescribe']) {
      const tests = `it('${id(10)}', () => {}); ${skipped}('${id(11)}', () => { it('${id(11)}', () => {}); });`;
      expect(check(tests).status).toBe(1);
    }
  });

  it('takes exceptions with a reason, until they are tested after all', () => {
    const tests = `it('${id(10)} shines', () => {});`;
    expect(check(tests, { [id(11)]: 'measured by the benchmarks only' })).toEqual({ status: 0, lines: ['2 requirements, 1 of them excepted'] });
    expect(check(tests, { [id(11)]: '' }).lines).toEqual([`exceptions.json gives no reason for ${id(11)}`]);
    expect(check(tests, { [id(10)]: 'some good reason', [id(11)]: 'some good reason', [id(12)]: 'some good reason' }).lines).toEqual([
      `exceptions.json lists ${id(10)}, which test/e2e/lantern.spec.ts tests: take it out`,
      `exceptions.json lists ${id(12)}, which no contract has`,
    ]);
  });

  it('refuses titles with a number that no contract has', () => {
    const tests = `it('${id(10)} ${id(11)} ${id(13)}', () => {});`;
    expect(check(tests).lines).toEqual([`test/e2e/lantern.spec.ts names ${id(13)}, which no contract has`]);
  });

  it('is not content with nothing to check', () => {
    rmSync(join(root, 'docs', 'contracts', 'lantern.md'));
    expect(check('').lines).toEqual(['docs/contracts holds no requirement at all']);
  });
});

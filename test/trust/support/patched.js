import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A copy of a built server with faults planted in it. The product has no switches for faults; what
 * is tried here is a copy of its compiled files, changed, and gone afterwards.
 *
 * @param {string} program folder of the server
 * @param {[string, string | RegExp, string][]} patches file below dist, what stands there exactly once, what shall stand there
 * @param {(folder: string) => Promise<T>} work
 * @template T
 */
export async function withPatched(program, patches, work) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pp-planted-'));
  try {
    for (const name of ['bin', 'dist', 'package.json', '.env.example']) cpSync(join(program, name), join(folder, name), { recursive: true });
    cpSync(join(program, 'docs', 'openapi.json'), join(folder, 'docs', 'openapi.json'));
    for (const name of ['node_modules', 'packages']) symlinkSync(join(program, name), join(folder, name));
    for (const [file, from, to] of patches) {
      const path = join(folder, 'dist', file);
      const text = readFileSync(path, 'utf8');
      const parts = text.split(from);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places for the fault: ${from}`);
      writeFileSync(path, parts.join(to));
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

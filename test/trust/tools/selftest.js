import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withPatched } from '../support/patched.js';
import { plants } from '../self/plants.js';

export const promise = 'the tools themselves: planted faults are caught';
export const options = { only: '' };

/** Each planted fault, and the tool that must find it. A tool that finds nothing in a broken server proves nothing. */
export async function run({ seed, program, only }) {
  const { tools } = await import('./index.js');
  const violations = [];
  const caught = {};
  for (const plant of plants) {
    if (only !== '' && !only.split(',').some((word) => plant.name.includes(word))) continue;
    if (plant.needs && !existsSync(join(program, 'dist', plant.needs))) continue;
    const found = await withPatched(program, plant.patches, async (folder) => {
      const tool = tools[plant.tool];
      const rows = [await tool.run({ ...tool.options, ...plant.options, ...plant.hooks, seed, program: folder })].flat();
      return rows.flatMap((row) => row.violations);
    });
    const fitting = found.filter((violation) => plant.expected.test(violation));
    caught[plant.name] = fitting.length;
    console.log(`  planted ${plant.name}: ${fitting.length} of ${found.length} violations fit, such as ${(fitting[0] ?? found[0] ?? 'none').slice(0, 200)}`);
    if (fitting.length === 0) violations.push(`${plant.name}: ${plant.tool} did not catch it (${found.length} other violations${found[0] ? `, such as ${found[0].slice(0, 200)}` : ''})`);
  }
  return { promise, tried: 'faults planted in copies of the compiled server', count: Object.keys(caught).length, violations, figures: caught };
}

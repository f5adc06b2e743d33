import { type ConfigFault } from './config-error.js';
import { type Environment } from './read-variables.js';

/** Below this length names of other programs come too near by chance. */
const NEAR_NAME_LENGTH_MIN = 8;
const NEAR_EDITS_MAX = 2;

/**
 * Finds variables that look like ours and are not. One of our prefix a slip away from a real name
 * is a fault, because the setting it was meant for stays at its default unseen. Others are warnings:
 * orchestrators invent variables from service names (POLYPOST_PORT).
 *
 * @param env the environment
 * @param known every name that means something, with and without _FILE
 * @param prefixes beginnings of names that are ours alone
 */
export function findUnknownVariables(
  env: Environment,
  known: ReadonlySet<string>,
  prefixes: readonly string[],
): { faults: ConfigFault[]; warnings: string[] } {
  const faults: ConfigFault[] = [];
  const warnings: string[] = [];
  for (const name of Object.keys(env).sort()) {
    if (known.has(name) || (env[name] ?? '') === '') continue;
    const ours = prefixes.some((prefix) => name.startsWith(prefix));
    const near = nearestName(name, known);
    if (ours && near) faults.push({ name, rule: `is not a setting; did you mean ${near}?` });
    else if (ours) warnings.push(`${name} is not a setting and has no effect`);
    else if (near) warnings.push(`${name} is not a setting and has no effect; did you mean ${near}?`);
  }
  return { faults, warnings };
}

/** @returns the known name that is a slip of the pen away, or undefined */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = NEAR_EDITS_MAX + 1;
  for (const candidate of known) {
    if (candidate.length < NEAR_NAME_LENGTH_MIN || Math.abs(candidate.length - name.length) > NEAR_EDITS_MAX) continue;
    const edits = editsBetween(name, candidate);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Levenshtein distance: letters to add, drop or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/**
 * Whether one order of these operations explains what each saw (after Wing and Gong): an order in which
 * every operation stands somewhere between its begin and its end. The thing is a text that can be
 * edited, read and removed, and never comes back.
 *
 * `value` of an edit: the text, null where it found nothing; of a read: what it saw, null for nothing;
 * of a removal: 'done', null where it found nothing (some dialects say done again, which is let pass).
 *
 * @param {{kind: 'edit' | 'read' | 'remove', value: string | null, begun: number, ended: number}[]} history
 * @param {string} first the text before all of them
 * @returns {boolean}
 */
export function isLinear(history, first = 'v0') {
  const operations = [...history].sort((a, b) => a.begun - b.begun);
  const all = (1n << BigInt(operations.length)) - 1n;
  const dead = new Set();
  const search = (done, state) => {
    if (done === all) return true;
    const key = `${done}|${state}`;
    if (dead.has(key)) return false;
    // nobody may go before somebody who had ended when he began
    let firstEnd = Infinity;
    for (const [at, { ended }] of operations.entries()) if (!(done & (1n << BigInt(at)))) firstEnd = Math.min(firstEnd, ended);
    for (const [at, operation] of operations.entries()) {
      const bit = 1n << BigInt(at);
      if (done & bit) continue;
      if (operation.begun > firstEnd) break;
      const next = applied(operation, state);
      if (next !== undefined && search(done | bit, next)) return true;
    }
    dead.add(key);
    return false;
  };
  return search(0n, first);
}

/** @returns {string | null | undefined} the state afterwards, undefined where it cannot have happened then */
function applied({ kind, value }, state) {
  if (kind === 'read') return value === state ? state : undefined;
  if (kind === 'edit') {
    if (value === null) return state === null ? null : undefined;
    return state === null ? undefined : value;
  }
  if (value === null) return state === null ? null : undefined;
  return null;
}

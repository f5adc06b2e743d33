/**
 * States something that must hold unless the program itself is wrong.
 *
 * @param condition what must hold
 * @param why the sentence for the log; must not contain request data
 * @throws Error when it does not hold; the edge answers with the dialect's internal error
 */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${why}`);
}

/** Makes a forgotten case of a union a compile error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${typeof value}`);
}

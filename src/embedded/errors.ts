/** @returns whether an error carries one of these system codes, such as ENOENT */
export function isCode(error: unknown, ...codes: string[]): boolean {
  // not by class: an error of Node's own may belong to another realm (vm contexts, test runners)
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** @returns an error's message for the console; for errors of the system and of the database only */
export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage ? String(error.message) : 'unknown reason';
}

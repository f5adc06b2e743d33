/**
 * @param error anything that was thrown
 * @returns the system's short code (ENOENT), or undefined. Its message would repeat the path.
 */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

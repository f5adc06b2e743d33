import { type WarningCode } from './keyinbox.envelope.js';

/** Lists up to this long are made in one go; longer ones are sent piece by piece. */
export const LIST_AT_ONCE_MAX = 100;

/**
 * @param asked what the client wanted
 * @param total how many there are
 * @returns the remarks a list goes with
 */
export function listWarnings(asked: { readonly skip: number; readonly take: number }, total: number): WarningCode[] {
  const warnings: WarningCode[] = [];
  if (total === 0) warnings.push('inbox_empty');
  if (asked.skip > total) warnings.push('skip_beyond_total');
  if (asked.take === 0) warnings.push('take_zero');
  if (asked.take === -1) warnings.push('take_all');
  return warnings;
}

/** @returns whether a list is short enough to be made in one go */
export function isShort({ take }: { readonly take: number }): boolean {
  return take !== -1 && take <= LIST_AT_ONCE_MAX;
}

import { type Id } from '../../../kernel/id-source.js';
import { OssnFault } from './ossn.faults.js';
import { type Parameters } from './ossn.parameters.js';

const DIGITS = /^[0-9]{1,15}$/;

/**
 * Reads an id parameter.
 *
 * @param text as given
 * @returns the id; `empty` for what counts as not given; `unknown` for what nobody can be called
 */
export function parseId(text: string | undefined): { readonly id: Id } | 'empty' | 'unknown' {
  if (text === undefined || text === '') return 'empty';
  if (!DIGITS.test(text)) return 'unknown';
  const number = Number(text);
  return number === 0 ? 'empty' : { id: String(number) };
}

/** @returns the id, or null where there is none that anybody could have */
export function idOrNull(text: string | undefined): Id | null {
  const parsed = parseId(text);
  return typeof parsed === 'string' ? null : parsed.id;
}

/** @throws OssnFault input_empty when one is not given; user_unknown when one cannot be anybody's */
export function twoIds(parameters: Parameters, first: string, second: string): readonly [Id, Id] {
  const [a, b] = [parseId(parameters.text(first)), parseId(parameters.text(second))];
  if (a === 'empty' || b === 'empty') throw new OssnFault('input_empty');
  if (a === 'unknown' || b === 'unknown') throw new OssnFault('user_unknown');
  return [a.id, b.id];
}

import { type Scalar } from '../../../kernel/query.js';
import { type Token } from './filter-tokens.js';
import { ODataFault } from './odata.fault.js';
import { type ODataProperty } from './properties.js';

const WHOLE_NUMBER = /^[+-]?[0-9]{1,40}L?$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const OFFSET = /^(.+?)(Z|[+-]\d\d:\d\d)$/;
/** of Date, in milliseconds */
const TIME_MAX = 8_640_000_000_000_000n;

/**
 * Reads a literal as a value of a property.
 *
 * @param token the literal
 * @param name of the property, for the refusal
 * @throws ODataFault PR400-OD-0046 when it is no literal of the property's type
 */
export function literalFor(property: ODataProperty, name: string, token: Token): Scalar {
  if (token.kind === 'name' && token.name === 'null') return null;
  const value = valueOf(property.type, token);
  if (value === undefined) throw new ODataFault('PR400-OD-0046', name);
  return value;
}

function valueOf(type: ODataProperty['type'], token: Token): Scalar | undefined {
  if (type === 'text') return token.kind === 'text' ? token.value : undefined;
  if (token.kind === 'number') {
    const number = wholeNumber(token.digits);
    if (number === undefined || type === 'integer') return number;
    return type === 'time' && number <= TIME_MAX && number >= -TIME_MAX ? new Date(Number(number)) : undefined;
  }
  if (type !== 'time' || token.kind !== 'typed') return undefined;
  if (token.prefix === 'datetime') return dateTime(token.value, 0);
  if (token.prefix !== 'datetimeoffset') return undefined;
  const [, local, offset] = OFFSET.exec(token.value) ?? [];
  return local === undefined || offset === undefined ? undefined : dateTime(local, offsetMinutes(offset));
}

function wholeNumber(digits: string): bigint | undefined {
  if (!WHOLE_NUMBER.test(digits)) return undefined;
  return BigInt(digits.replace(/^\+/, '').replace(/L$/, ''));
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith('-') ? -minutes : minutes;
}

/** @returns undefined for days and hours that do not exist; parts below a millisecond are dropped */
function dateTime(text: string, offset: number): Date | undefined {
  const parts = DATE_TIME.exec(text);
  if (!parts || Math.abs(offset) > 14 * 60) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  date.setUTCHours(hour ?? 0, minute, second, Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3)));
  const exists = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCHours() === hour && date.getUTCMinutes() === minute && date.getUTCSeconds() === second;
  return exists ? new Date(date.getTime() - offset * 60_000) : undefined;
}

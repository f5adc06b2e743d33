const DATE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads a date of RFC 3339: up to nine digits of a second, `Z` or an offset.
 *
 * @returns milliseconds since 1970, finer digits cut off; undefined for another form and for a date that does not exist
 */
export function parseDate(text: string): number | undefined {
  const [matched, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = DATE.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const fields = [year, month, day, hour, minute, second].map(Number) as [number, number, number, number, number, number];
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return undefined;
  const time = existing(fields);
  if (time === undefined) return undefined;
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset;
}

/** The form in which dates are sent: `YYYY-MM-DDTHH:MM:SS.sssZ`. @param time milliseconds since 1970, in years 0 to 9999 */
export function writeDate(time: number): string {
  return new Date(time).toISOString();
}

/** Leap seconds are refused: the platforms have no time for them. */
function existing([year, month, day, hour, minute, second]: [number, number, number, number, number, number]): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return same ? date.getTime() : undefined;
}

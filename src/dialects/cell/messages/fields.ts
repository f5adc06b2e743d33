import { CellFault, fieldFault } from '../cell.faults.js';

/** Ends a line in one of the five ways there are. */
const LINE_END = /[\n\r\u0085\u2028\u2029]/u;
const TITLE_CHARACTERS_MAX = 256;
const BODY_BYTES_MAX = 65_536;
const REFERENCE_CHARACTERS = 32;
/** the form of a reference in the sample of the documentation */
const SHORT_REFERENCE = /^[A-Za-z0-9_-]{22}$/;
const WIRE_ID = /^[A-Za-z0-9_-]{32}$/;
const PRIORITY_DEFAULT = 3;
const MANAGED: ReadonlySet<string> = new Set(['__published', '__updated', '__metadata']);
const NAME_ECHO_MAX = 128;

/** The members of a request. Absent and null are the same thing (CELL-20). */
export type Members = Readonly<Record<string, unknown>>;

/**
 * Refuses members that the server manages or nobody knows.
 * @throws CellFault PR400-OD-0007
 */
export function onlyKnown(members: Members, known: ReadonlySet<string>, entity: string): void {
  for (const name of Object.keys(members)) {
    if (MANAGED.has(name)) throw new CellFault('PR400-OD-0007', `${name} is management information name. Cannot request.`);
    if (!known.has(name)) throw new CellFault('PR400-OD-0007', `unknown property ${name.slice(0, NAME_ECHO_MAX)} for ${entity}`);
  }
}

/**
 * @param accept whether a text is in order
 * @param told the name in the refusal
 * @returns null where it is absent
 * @throws CellFault PR400-OD-0006 [told] for everything that is no text, too
 */
export function textOf(members: Members, name: string, accept: (text: string) => boolean, told = name): string | null {
  const value = members[name] ?? null;
  if (value === null) return null;
  if (typeof value !== 'string' || !accept(value)) throw fieldFault(told);
  return value;
}

/** @throws CellFault PR400-OD-0006 [BoxBound] */
export function boxBoundOf(members: Members): boolean {
  const value = members['BoxBound'] ?? false;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw fieldFault('BoxBound');
}

/** @throws CellFault PR400-OD-0006 [Priority] */
export function priorityOf(members: Members): number {
  const value = members['Priority'] ?? PRIORITY_DEFAULT;
  const number = typeof value === 'string' && /^[1-5]$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 5) throw fieldFault('Priority');
  return number;
}

/** At most 256 code points on one line; other control characters may be in it (CELL-10). */
export function isTitle(text: string): boolean {
  return text.length <= 2 * TITLE_CHARACTERS_MAX && Array.from(text).length <= TITLE_CHARACTERS_MAX && !LINE_END.test(text);
}

/** At most 64 KiB of UTF-8. */
export function isBody(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') <= BODY_BYTES_MAX;
}

/** 32 characters on one line, or the 22 of a shortened UUID. */
export function isReference(text: string): boolean {
  if (SHORT_REFERENCE.test(text)) return true;
  return text.length <= 2 * REFERENCE_CHARACTERS && Array.from(text).length === REFERENCE_CHARACTERS && !LINE_END.test(text);
}

/** Whether a text may be the id of a message; others name none. */
export function isWireId(text: string): boolean {
  return WIRE_ID.test(text);
}

/** For texts that are looked at later. */
export function isAny(): boolean {
  return true;
}

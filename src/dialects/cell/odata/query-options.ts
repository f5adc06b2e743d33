import { type Order, type Query } from '../../../kernel/query.js';
import { parseFilter } from './filter.parser.js';
import { ODataFault } from './odata.fault.js';
import { type EntitySet } from './properties.js';
import { parseWords } from './words.js';

const TOP_DEFAULT = 25;
const TOP_MAX = 10_000;
const TOP_EXPANDED_MAX = 100;
const SKIP_MAX = 100_000;
const LIST_CHARACTERS_MAX = 2048;
const FORMATS: ReadonlySet<string> = new Set(['json', 'atom', 'xml']);

/** Everything the query string of a list says. */
export interface ListOptions extends ViewOptions {
  readonly query: Query;
}

/** What the query string says about how entities are shown. */
export interface ViewOptions {
  /** names of properties; null: all of them */
  readonly select: ReadonlySet<string> | null;
  /** navigation properties that are written out */
  readonly expand: ReadonlySet<string>;
}

/**
 * Reads the query string of a list (CELL-64). Names that are no options are left alone, as
 * clients put marks of their own against caches there; of an option given twice, the first counts.
 *
 * @param queryString what stands behind the question mark, still encoded; `+` is a blank
 * @param set the properties that may be named
 * @throws ODataFault with the code of the option at fault
 */
export function parseListOptions(queryString: string, set: EntitySet): ListOptions {
  const options = optionsOf(queryString);
  const view = viewOf(options, set);
  const filter = options.get('$filter');
  const words = options.get('q');
  return {
    ...view,
    query: {
      filter: filter === undefined ? null : parseFilter(filter, set),
      words: words === undefined ? [] : parseWords(words),
      order: orderOf(options.get('$orderby'), set),
      top: numberOf(options, '$top', TOP_DEFAULT, view.expand.size > 0 ? TOP_EXPANDED_MAX : TOP_MAX),
      skip: numberOf(options, '$skip', 0, SKIP_MAX),
      count: countOf(options.get('$inlinecount')),
    },
  };
}

/**
 * Reads the query string of a single entity: `$select`, `$expand` and `$format`.
 * @throws ODataFault with the code of the option at fault
 */
export function parseViewOptions(queryString: string, set: EntitySet): ViewOptions {
  return viewOf(optionsOf(queryString), set);
}

/**
 * Looks at `$format` alone (CELL-02): any letter case of json, atom and xml will do, and all give JSON.
 * @throws ODataFault PR400-OD-0005
 */
export function checkFormat(queryString: string): void {
  formatOf(optionsOf(queryString));
}

function viewOf(options: ReadonlyMap<string, string>, set: EntitySet): ViewOptions {
  formatOf(options);
  return { select: selectOf(options.get('$select'), set), expand: expandOf(options.get('$expand'), set) };
}

function formatOf(options: ReadonlyMap<string, string>): void {
  const format = options.get('$format');
  if (format !== undefined && !FORMATS.has(format.toLowerCase())) throw new ODataFault('PR400-OD-0005', format);
}

/** Text that cannot be decoded is kept as it stands, so that the option it belongs to refuses it. */
function optionsOf(queryString: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of queryString.split('&')) {
    const sign = part.indexOf('=');
    const name = decoded(sign < 0 ? part : part.slice(0, sign)).trim();
    if (!options.has(name)) options.set(name, sign < 0 ? '' : decoded(part.slice(sign + 1)).trim());
  }
  return options;
}

function decoded(text: string): string {
  const blanks = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(blanks);
  } catch {
    return blanks;
  }
}

function numberOf(options: ReadonlyMap<string, string>, name: string, absent: number, max: number): number {
  const text = options.get(name);
  if (text === undefined) return absent;
  if (!/^-?[0-9]+$/.test(text)) throw new ODataFault('PR400-OD-0036', name);
  const number = Number(text);
  if (number < 0 || number > max) throw new ODataFault('PR400-OD-0029', name, text);
  return number;
}

function countOf(text: string | undefined): boolean {
  if (text === undefined || text === 'none') return false;
  if (text !== 'allpages') throw new ODataFault('PR400-OD-0013', text);
  return true;
}

function orderOf(text: string | undefined, set: EntitySet): Order[] {
  if (text === undefined) return [];
  return namesIn(text, 'PR400-OD-0015').map((part) => {
    const [, name, direction] = /^([A-Za-z0-9_.]+)(?:[ \t]+(asc|desc))?$/.exec(part) ?? [];
    const property = name === undefined ? undefined : set.properties.get(name);
    if (!property || property.type === 'structure') throw new ODataFault('PR400-OD-0015');
    return { field: property.field, descending: direction === 'desc' };
  });
}

function selectOf(text: string | undefined, set: EntitySet): ReadonlySet<string> | null {
  if (text === undefined) return null;
  const names = namesIn(text, 'PR400-OD-0017');
  for (const name of names) if (name !== '*' && name !== '__metadata' && !set.properties.has(name) && !set.expandable.includes(name)) throw new ODataFault('PR400-OD-0017');
  return names.includes('*') ? null : new Set(names);
}

function expandOf(text: string | undefined, set: EntitySet): ReadonlySet<string> {
  if (text === undefined) return new Set();
  const names = namesIn(text, 'PR400-OD-0026');
  if (names.some((name) => !set.expandable.includes(name))) throw new ODataFault('PR400-OD-0026');
  return new Set(names);
}

function namesIn(text: string, code: 'PR400-OD-0015' | 'PR400-OD-0017' | 'PR400-OD-0026'): string[] {
  if (text.length > LIST_CHARACTERS_MAX) throw new ODataFault(code);
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new ODataFault(code);
  return names;
}

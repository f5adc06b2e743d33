import { ODataFault } from './odata.fault.js';

/** A key as it was written: one value, or values by name. */
export type EntityKey =
  | { readonly kind: 'single'; readonly value: string }
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, string | null> };

/** `Role('a')` or `Role`. */
export interface EntityRef {
  readonly set: string;
  readonly key: EntityKey | null;
}

/**
 * What stands behind `__ctl/`: a set or an entity; with `links` what is linked with it; with a
 * navigation alone the entities themselves.
 */
export interface EntityPath extends EntityRef {
  readonly links: boolean;
  readonly navigation: EntityRef | null;
}

const NAME = /[A-Za-z_][A-Za-z0-9_.]*/y;
const PATH_CHARACTERS_MAX = 8192;

/**
 * Takes the address of an entity apart (CELL-03, 61, 71, 72). Slashes inside quotes belong to
 * the key, so that addresses may stand there bare.
 *
 * @param path behind `__ctl/`, percent-decoded once; one final slash is tolerated
 * @returns null when it is no address of this kind
 * @throws ODataFault PR400-OD-0004 when a key is broken
 */
export function parseEntityPath(path: string): EntityPath | null {
  if (path.length > PATH_CHARACTERS_MAX) return null;
  const reader = new PathReader(path);
  const entity = reader.entity();
  if (!entity) return null;
  if (reader.isAtEnd()) return { ...entity, links: false, navigation: null };
  if (!entity.key || !reader.take('/')) return null;
  const links = reader.take('$links/');
  const navigation = reader.entity();
  return navigation && reader.isAtEnd() ? { ...entity, links, navigation } : null;
}

/**
 * Reads one entity of the form that `uri` members have.
 * @param text `Role(Name='a',_Box.Name=null)`, percent-decoded
 * @returns null when it is no such form
 */
export function parseEntityRef(text: string): EntityRef | null {
  try {
    const path = parseEntityPath(text);
    return path && !path.navigation && path.key ? { set: path.set, key: path.key } : null;
  } catch (error) {
    if (error instanceof ODataFault) return null;
    throw error;
  }
}

/**
 * Brings a key into the form a set has.
 *
 * @param names parts of the key; a single value is the first
 * @returns a value or null for each name, in their order; parts that are not given are null
 * @throws ODataFault PR400-OD-0004 for foreign names, for U+0000, and when the first part is not given
 */
export function keyParts(key: EntityKey, names: readonly string[]): readonly (string | null)[] {
  const given = key.kind === 'single' ? [key.value] : [...key.values.values()];
  // no name and no address can hold it, and the database not even be asked for it
  if (given.some((value) => value?.includes('\0'))) throw new ODataFault('PR400-OD-0004');
  if (key.kind === 'single') return names.map((_, index) => (index === 0 ? key.value : null));
  for (const name of key.values.keys()) if (!names.includes(name)) throw new ODataFault('PR400-OD-0004');
  const parts = names.map((name) => key.values.get(name) ?? null);
  if (parts[0] === null || parts[0] === undefined) throw new ODataFault('PR400-OD-0004');
  return parts;
}

class PathReader {
  private at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    return this.at === this.text.length || (this.at === this.text.length - 1 && this.text.endsWith('/'));
  }

  take(what: string): boolean {
    if (!this.text.startsWith(what, this.at)) return false;
    this.at += what.length;
    return true;
  }

  entity(): EntityRef | null {
    const set = this.name();
    if (set === null) return null;
    return { set, key: this.take('(') ? this.key() : null };
  }

  private key(): EntityKey {
    this.blanks();
    if (this.text.charAt(this.at) === "'") {
      const value = this.quoted();
      this.close();
      return { kind: 'single', value };
    }
    const values = new Map<string, string | null>();
    do {
      this.blanks();
      const name = this.name();
      this.blanks();
      if (name === null || values.has(name) || !this.take('=')) throw new ODataFault('PR400-OD-0004');
      this.blanks();
      values.set(name, this.take('null') ? null : this.quoted());
      this.blanks();
    } while (this.take(','));
    this.close();
    return { kind: 'named', values };
  }

  private quoted(): string {
    if (!this.take("'")) throw new ODataFault('PR400-OD-0004');
    let value = '';
    for (;;) {
      const quote = this.text.indexOf("'", this.at);
      if (quote < 0) throw new ODataFault('PR400-OD-0004');
      value += this.text.slice(this.at, quote);
      this.at = quote + 1;
      if (!this.take("'")) return value;
      value += "'";
    }
  }

  private close(): void {
    this.blanks();
    if (!this.take(')')) throw new ODataFault('PR400-OD-0004');
  }

  private name(): string | null {
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0] ?? null;
    this.at += name?.length ?? 0;
    return name;
  }

  private blanks(): void {
    while (this.text.charAt(this.at) === ' ') this.at += 1;
  }
}

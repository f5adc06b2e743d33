/** A column that may be asked about. */
export interface QueryColumn {
  /** SQL that gives its value; written by us, never made of what a client sent */
  readonly sql: string;
  /** `bytes`: a text kept as the bytes of its UTF-8, because it may hold U+0000 */
  readonly kind: 'text' | 'bytes' | 'integer' | 'time';
  /** whether it may be NULL */
  readonly optional?: boolean;
  /** bytes that lie apart from their row: no more of them is read than a question needs */
  readonly large?: boolean;
}

/** What may be asked of one list. */
export interface Columns {
  readonly fields: Readonly<Record<string, QueryColumn>>;
  /** the order where none is asked for */
  readonly natural: readonly { readonly field: string; readonly descending: boolean }[];
  /** fields that together tell rows apart within one list; they end every order */
  readonly key: readonly string[];
  /** SQL of the texts in which words are looked for; each may be NULL */
  readonly words: readonly string[];
}

/** Collects values and hands out the places that stand for them. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @param before parameters that the statement has already */
  constructor(private readonly before: number) {}

  /** @returns `$n::type` */
  bind(value: unknown, type: 'text' | 'bytea' | 'bigint' | 'timestamptz'): string {
    this.values.push(value);
    return `$${this.before + this.values.length}::${type}`;
  }
}

/** Texts that are alike for so long are in one place of an order. */
const ORDER_BYTES = 1024;

/** @returns SQL of the beginning of a column of bytes; of what lies apart no more than that is fetched */
export function firstBytes(column: QueryColumn, bytes: number): string {
  return `substring(${column.sql} FROM 1 FOR ${bytes})`;
}

/** @returns SQL to order by: that of the bytes, whatever collation the database has; of large ones their beginning */
export function sortKey(column: QueryColumn): string {
  return column.large ? firstBytes(column, ORDER_BYTES) : inByteOrder(column);
}

/** @returns SQL whose order is that of the bytes, whatever collation the database has */
export function inByteOrder(column: QueryColumn): string {
  return column.kind === 'text' ? `${column.sql} COLLATE "C"` : column.sql;
}

import { ODataFault } from './odata.fault.js';

/** A piece of a filter. `typed` is a literal with a prefix, such as datetime'..'. */
export type Token =
  | { readonly kind: 'open' | 'close' | 'comma' | 'end' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'typed'; readonly prefix: string; readonly value: string }
  | { readonly kind: 'number'; readonly digits: string };

const SIGNS = { '(': 'open', ')': 'close', ',': 'comma' } as const;
const BLANK = /[ \t]/;
const NAME = /[A-Za-z_][A-Za-z0-9_.]*/y;
const NUMBER = /[+-]?[0-9][0-9A-Za-z.+-]*/y;

/**
 * Cuts a filter into its pieces, in time linear in its length.
 * @param filter decoded
 * @returns all pieces, `end` last
 * @throws ODataFault PR400-OD-0003 for anything that is no piece
 */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < filter.length) {
    const character = filter.charAt(at);
    if (BLANK.test(character)) {
      at += 1;
    } else if (character === '(' || character === ')' || character === ',') {
      tokens.push({ kind: SIGNS[character] });
      at += 1;
    } else if (character === "'") {
      const [value, next] = quoted(filter, at);
      tokens.push({ kind: 'text', value });
      at = next;
    } else {
      const [token, next] = word(filter, at);
      tokens.push(token);
      at = next;
    }
  }
  tokens.push({ kind: 'end' });
  return tokens;
}

function word(filter: string, at: number): [Token, number] {
  const name = matchAt(NAME, filter, at);
  if (name === null) {
    const digits = matchAt(NUMBER, filter, at);
    if (digits === null) throw new ODataFault('PR400-OD-0003');
    return [{ kind: 'number', digits }, at + digits.length];
  }
  const after = at + name.length;
  if (filter.charAt(after) !== "'") return [{ kind: 'name', name }, after];
  const [value, next] = quoted(filter, after);
  return [{ kind: 'typed', prefix: name, value }, next];
}

/** @param at where the opening quote stands; two quotes inside are one */
export function quoted(from: string, at: number): [value: string, next: number] {
  let value = '';
  let start = at + 1;
  for (;;) {
    const quote = from.indexOf("'", start);
    if (quote < 0) throw new ODataFault('PR400-OD-0003');
    value += from.slice(start, quote);
    if (from.charAt(quote + 1) !== "'") return [value, quote + 1];
    value += "'";
    start = quote + 2;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

import { type Condition, type Operator } from '../../../kernel/query.js';
import { type Token, tokensOf } from './filter-tokens.js';
import { literalFor } from './literals.js';
import { ODataFault } from './odata.fault.js';
import { type EntitySet, type ODataProperty } from './properties.js';

const FILTER_CHARACTERS_MAX = 2048;
const FILTER_DEPTH_MAX = 16;
/** each is looked at for each row */
const FILTER_CONDITIONS_MAX = 64;
const OPERATORS: ReadonlySet<string> = new Set<Operator>(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const FUNCTIONS: ReadonlySet<string> = new Set(['startswith', 'substringof']);

/**
 * Reads `$filter` (CELL-64): eq ne gt ge lt le and or ( ), startswith(property,'x') and
 * substringof('x',property); `and` binds closer than `or`.
 *
 * @param filter decoded; at most 2,048 characters, 64 conditions and 16 levels of parentheses
 * @throws ODataFault PR400-OD-0003 for its form, -0043 for another operator, -0044 for another
 *   function, -0045 for an unknown property, -0046 for a value that is not of the property's type
 */
export function parseFilter(filter: string, set: EntitySet): Condition {
  if (filter.length > FILTER_CHARACTERS_MAX) throw new ODataFault('PR400-OD-0003');
  return new FilterParser(tokensOf(filter), set).parse();
}

class FilterParser {
  private at = 0;
  private depth = 0;
  private conditions = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly set: EntitySet,
  ) {}

  parse(): Condition {
    const condition = this.any();
    if (this.peek().kind !== 'end') throw this.afterCondition();
    return condition;
  }

  private any(): Condition {
    return this.joined('or', 'any', () => this.all());
  }

  private all(): Condition {
    return this.joined('and', 'all', () => this.primary());
  }

  private joined(word: string, kind: 'any' | 'all', part: () => Condition): Condition {
    const first = part();
    const of = [first];
    while (this.isName(word)) {
      this.at += 1;
      of.push(part());
    }
    return of.length === 1 ? first : { kind, of };
  }

  private primary(): Condition {
    const token = this.next();
    if (token.kind === 'open') return this.group();
    if (token.kind !== 'name') throw new ODataFault('PR400-OD-0003');
    if (token.name === 'not') throw new ODataFault('PR400-OD-0043');
    this.conditions += 1;
    if (this.conditions > FILTER_CONDITIONS_MAX) throw new ODataFault('PR400-OD-0003');
    return this.peek().kind === 'open' ? this.call(token.name) : this.comparison(token.name);
  }

  private group(): Condition {
    this.depth += 1;
    if (this.depth > FILTER_DEPTH_MAX) throw new ODataFault('PR400-OD-0003');
    const inner = this.any();
    if (this.peek().kind !== 'close') throw this.afterCondition();
    this.at += 1;
    this.depth -= 1;
    return inner;
  }

  private comparison(name: string): Condition {
    const word = this.next();
    if (word.kind !== 'name') throw new ODataFault('PR400-OD-0003');
    if (!OPERATORS.has(word.name)) throw new ODataFault('PR400-OD-0043');
    const operator = word.name as Operator;
    const value = this.next();
    if (value.kind === 'open' || value.kind === 'close' || value.kind === 'comma' || value.kind === 'end') throw new ODataFault('PR400-OD-0003');
    const property = this.property(name);
    const literal = literalFor(property, name, value);
    if (literal === null && operator !== 'eq' && operator !== 'ne') throw new ODataFault('PR400-OD-0046', name);
    return { kind: 'compare', field: property.field, operator, value: literal };
  }

  private call(name: string): Condition {
    if (!FUNCTIONS.has(name)) throw new ODataFault('PR400-OD-0044');
    this.at += 1;
    const first = this.next();
    this.expect('comma');
    const second = this.next();
    this.expect('close');
    const [property, text] = name === 'startswith' ? [first, second] : [second, first];
    if (property.kind !== 'name') throw new ODataFault('PR400-OD-0003');
    const { field, type } = this.property(property.name);
    if (type !== 'text' || text.kind !== 'text') throw new ODataFault('PR400-OD-0046', property.name);
    return { kind: name === 'startswith' ? 'startsWith' : 'contains', field, text: text.value };
  }

  private property(name: string): ODataProperty {
    const property = this.set.properties.get(name);
    if (!property) throw new ODataFault('PR400-OD-0045', name);
    if (property.type === 'structure') throw new ODataFault('PR400-OD-0046', name);
    return property;
  }

  /** A word after a whole condition would be an operator, if there were such a one. */
  private afterCondition(): ODataFault {
    return new ODataFault(this.peek().kind === 'name' ? 'PR400-OD-0043' : 'PR400-OD-0003');
  }

  private expect(kind: 'comma' | 'close'): void {
    if (this.next().kind !== kind) throw new ODataFault('PR400-OD-0003');
  }

  private isName(name: string): boolean {
    const token = this.peek();
    return token.kind === 'name' && token.name === name;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end' };
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }
}

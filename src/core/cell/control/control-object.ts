import { DomainError, type ErrorCode } from '../../../kernel/domain-error.js';
import { type Id } from '../../../kernel/id-source.js';
import { type CellLinkKind } from '../../../storage/own/cell/links.repository.js';

/** What a cell has beside messages. */
export type ControlKind = 'account' | 'role' | 'relation' | 'extCell' | 'box';

/** What an object of a cell says; what its kind does not have is null. */
export interface ControlValues {
  /** of all but address-book entries */
  readonly name: string | null;
  /** of roles and relations: the Box they are bound to; null: none */
  readonly boxName: string | null;
  /** of address-book entries: normalised address of a cell */
  readonly url: string | null;
  /** of Boxes: normalised address of an app */
  readonly schema: string | null;
  /** of accounts */
  readonly status: 'active' | 'deactivated' | null;
}

/** An object of a cell. */
export interface ControlObject extends ControlValues {
  readonly kind: ControlKind;
  readonly id: Id;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
  readonly revision: number;
}

/** What names an object within its kind: name and Box, or address. */
export interface ControlKey {
  readonly kind: ControlKind;
  /** name or address */
  readonly value: string;
  /** of roles and relations; null: bound to none */
  readonly boxName: string | null;
}

/** Which objects can be tied, and how the tie is kept. */
const PAIRS: readonly { readonly link: CellLinkKind; readonly left: ControlKind; readonly right: ControlKind }[] = [
  { link: 'account_role', left: 'account', right: 'role' },
  { link: 'ext_cell_role', left: 'extCell', right: 'role' },
  { link: 'ext_cell_relation', left: 'extCell', right: 'relation' },
  { link: 'relation_role', left: 'relation', right: 'role' },
];

/** How a tie looks from one side. */
export interface Tie {
  readonly link: CellLinkKind;
  /** where the object that is looked from stands */
  readonly side: 'left' | 'right';
}

/** @returns how objects of two kinds are tied, null when they never are */
export function tieBetween(from: ControlKind, to: ControlKind): Tie | null {
  for (const { link, left, right } of PAIRS) {
    if (left === from && right === to) return { link, side: 'left' };
    if (left === to && right === from) return { link, side: 'right' };
  }
  return null;
}

/** @returns every way an object of a kind can be tied */
export function tiesOf(kind: ControlKind): Tie[] {
  return PAIRS.flatMap(({ link, left, right }): Tie[] => (left === kind ? [{ link, side: 'left' }] : right === kind ? [{ link, side: 'right' }] : []));
}

const CODES = {
  /** there is no such object */
  unknown: 'message_not_found',
  /** there is one of this name already */
  taken: 'conflict',
  /** there is no such Box to be bound to */
  box_unknown: 'invalid_input',
  /** something is bound to the Box */
  in_use: 'conflict',
  /** the two are tied already */
  tied: 'conflict',
  /** the two are not tied */
  not_tied: 'message_not_found',
  /** there is no object at the other end */
  other_unknown: 'invalid_input',
  /** there is no role that something is to be granted to */
  role_unknown: 'invalid_input',
} as const satisfies Record<string, ErrorCode>;

export type ControlRefusalReason = keyof typeof CODES;

/** Why an object of a cell cannot be made, changed, tied or removed. */
export class ControlRefusal extends DomainError {
  /** @param subject the name at fault, as the client gave it */
  constructor(
    readonly reason: ControlRefusalReason,
    readonly subject = '',
  ) {
    super(CODES[reason]);
  }
}

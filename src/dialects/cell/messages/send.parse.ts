import { type CellMessageContent } from '../../../core/cell/messages/cell-message.js';
import { fieldFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';
import { boxBoundOf, isBody, isReference, isTitle, type Members, onlyKnown, priorityOf, textOf } from './fields.js';
import { isRelationName, requestOf, typeOf } from './requests.js';

/** A send as it was asked for. */
export interface SendRequest {
  readonly boxBound: boolean;
  /** addresses as cells write them, in the order of the sender */
  readonly to: readonly string[];
  readonly toText: string | null;
  readonly toRelation: string | null;
  readonly content: CellMessageContent;
}

const KNOWN: ReadonlySet<string> = new Set([
  '__id', 'BoxBound', 'InReplyTo', 'To', 'ToRelation', 'Type', 'Title', 'Body', 'Priority', 'RequestRelation', 'RequestRelationTarget', 'RequestObjects',
]);

/**
 * Reads the body of a send (CELL-20 to 31).
 * @throws CellFault PR400-OD-0006 with the member at fault, PR400-OD-0007 for unknown ones
 */
export function parseSend(members: Members, urls: CellUrls): SendRequest {
  onlyKnown(members, KNOWN, 'SentMessage');
  const toText = textOf(members, 'To', (text) => addressesIn(text, urls) !== null);
  const toRelation = textOf(members, 'ToRelation', isRelationName);
  if (toText === null && toRelation === null) throw fieldFault('To,ToRelation');
  const to = toText === null ? [] : (addressesIn(toText, urls) ?? []);
  return { boxBound: boxBoundOf(members), to, toText, toRelation, content: parseContent(members, urls) };
}

/**
 * Reads what sender and recipient share of a message.
 * @throws CellFault PR400-OD-0006 with the member at fault
 */
export function parseContent(members: Members, urls: CellUrls): CellMessageContent {
  const type = typeOf(members);
  return {
    type,
    title: textOf(members, 'Title', isTitle) ?? '',
    body: textOf(members, 'Body', isBody) ?? '',
    priority: priorityOf(members),
    inReplyTo: textOf(members, 'InReplyTo', isReference),
    ...requestOf(members, type, urls),
  };
}

/**
 * @param text addresses joined by commas, of which the last may stand alone
 * @returns them as cells write them; null when one is none
 */
export function addressesIn(text: string, urls: CellUrls): string[] | null {
  const parts = text.split(',');
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  const found: string[] = [];
  for (const part of parts) {
    const url = urls.normalise(part);
    if (url === null) return null;
    found.push(url);
  }
  return found;
}

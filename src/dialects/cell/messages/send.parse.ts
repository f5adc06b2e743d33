import { type CellMessageContent } from '../../../core/cell/messages/cell-message.js';
import { DESTINATIONS_MAX } from '../../../core/cell/messages/destinations.js';
import { fieldFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';
import { boxBoundOf, isAny, isBody, isReference, isTitle, type Members, onlyKnown, priorityOf, textOf } from './fields.js';
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
  const toText = textOf(members, 'To', isAny);
  const to = toText === null ? [] : addressesIn(toText, urls);
  if (to === null) throw fieldFault('To');
  const toRelation = textOf(members, 'ToRelation', isRelationName);
  if (toText === null && toRelation === null) throw fieldFault('To,ToRelation');
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
 * Stops as soon as there are more than a message may have, so that a long list costs no more than a legal one.
 *
 * @param text addresses joined by commas, of which the last may stand alone
 * @returns them as cells write them, each once, at most one more than are allowed; null when one is none
 */
export function addressesIn(text: string, urls: CellUrls): string[] | null {
  const parts = text.split(',');
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  const found = new Set<string>();
  for (const part of new Set(parts)) {
    const url = urls.normalise(part);
    if (url === null) return null;
    found.add(url);
    if (found.size > DESTINATIONS_MAX) break;
  }
  return [...found];
}

import { type CellMessageContent } from '../../../core/cell/messages/cell-message.js';
import { assert } from '../../../kernel/assert.js';
import { DESTINATIONS_MAX } from '../../../core/cell/messages/destinations.js';
import { CellFault, fieldFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';
import { isAny, isWireId, type Members, onlyKnown, textOf } from './fields.js';
import { isAddress, statusAtStart } from './requests.js';
import { addressesIn, parseContent } from './send.parse.js';

/** A message that another cell hands over. */
export interface PortRequest {
  readonly wireId: string;
  /** as cells write it */
  readonly from: string;
  /** the other destinations, joined by commas */
  readonly others: string | null;
  readonly schema: string | null;
  readonly status: 'unread' | 'none';
  readonly content: CellMessageContent;
}

const KNOWN: ReadonlySet<string> = new Set([
  '__id', 'Schema', 'InReplyTo', 'From', 'MulticastTo', 'Type', 'Title', 'Body', 'Priority', 'Status', 'RequestRelation', 'RequestRelationTarget',
  'RequestObjects',
]);
const REQUIRED = ['__id', 'From', 'Type', 'Title', 'Body', 'Priority', 'Status'];

/**
 * Reads a delivery (CELL-42).
 * @throws CellFault PR400-OD-0009 for what is missing, PR400-OD-0006 for what is wrong, PR400-OD-0007 for what is unknown
 */
export function parsePort(members: Members, urls: CellUrls): PortRequest {
  onlyKnown(members, KNOWN, 'ReceivedMessage');
  for (const name of REQUIRED) if ((members[name] ?? null) === null) throw new CellFault('PR400-OD-0009', name);
  const content = parseContent(members, urls);
  const status = statusAtStart(content.type);
  textOf(members, 'Status', (text) => text === status);
  const wireId = textOf(members, '__id', isWireId);
  const from = textOf(members, 'From', (text) => isAddress(text, urls));
  const schema = textOf(members, 'Schema', (text) => text === '' || isAddress(text, urls));
  assert(wireId !== null && from !== null, 'what is required is there');
  return {
    wireId,
    from: urls.normalise(from) ?? from,
    others: othersOf(members, urls),
    schema: schema === null || schema === '' ? null : urls.normalise(schema),
    status,
    content,
  };
}

/** @returns the other destinations as cells write them, joined by commas */
function othersOf(members: Members, urls: CellUrls): string | null {
  const text = textOf(members, 'MulticastTo', isAny);
  if (text === null) return null;
  const others = addressesIn(text, urls);
  if (others === null || others.length > DESTINATIONS_MAX) throw fieldFault('MulticastTo');
  return others.join(',');
}

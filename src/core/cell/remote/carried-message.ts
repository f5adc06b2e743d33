import { type CarriedMessage } from '../../../storage/own/cell/outbox.repository.js';
import { type CellDetails, type CellMessage, type RemoteResults, resultsOf } from '../messages/cell-message.js';
import { fromSubject } from '../messages/stored-text.js';

const NOBODY: RemoteResults = new Map();

/** @returns what a stored message says to other servers; null where it has nothing for them */
export function carriedMessage(row: CarriedMessage): CellMessage | null {
  const details = row.details as CellDetails;
  const carried = details.remote;
  if (!carried) return null;
  return {
    wireId: row.wire_id,
    side: 'sent',
    from: carried.from,
    type: carried.type,
    priority: carried.priority,
    title: fromSubject(row.subject),
    body: row.body.toString('utf8'),
    inReplyTo: row.in_reply_to === null ? null : fromSubject(row.in_reply_to),
    relation: details.relation ?? null,
    target: details.target ?? null,
    objects: details.objects ?? null,
    schema: details.schema ?? null,
    results: resultsOf(details, NOBODY),
    // of no concern to others
    status: '',
    boundTo: null,
    boxName: null,
    to: null,
    toRelation: null,
    others: null,
    publishedAt: row.created_at,
    updatedAt: row.created_at,
    revision: 1,
  };
}

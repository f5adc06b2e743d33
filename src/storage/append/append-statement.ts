import { type Id } from '../../kernel/id-source.js';
import { appendCopies, copyValues } from '../own/cell/append-copies.js';
import { type Statement, statement } from '../sql.js';
import { LIMITS_PARAMETERS, limitsPart, limitsValues, NO_LIMITS } from './limits-part.js';
import { type NewMessage } from './new-message.js';

/** One row per message of the batch. */
export interface AppendRow {
  readonly id: Id;
  readonly outcome: 'stored' | 'refused' | 'exhausted' | 'throttled' | 'full' | 'repeated';
  /** of one that was throttled: when to try again */
  readonly retry_at: Date | null;
  /** of a message in a conversation: its number, and the conversation's id */
  readonly number: string | null;
  readonly conversation_id: string | null;
  /** what its sender has not read of that conversation */
  readonly unread_count: string | null;
}

/**
 * The whole write path in one statement, hence one commit and one round trip for a batch:
 * decide each message's preconditions, then write what was accepted. A message that fails a
 * precondition leaves no row and harms nobody else in the batch.
 *
 * Messages of one parcel are stored together or not at all. A parcel bears the id of its first
 * message, which alone carries its idempotency key and its spends.
 *
 * Rows that several batches may update (conversations, counts, credentials) are taken in the
 * order of their keys. A relation that must stand is locked until the commit, so that it cannot
 * be withdrawn between the check and the write.
 *
 * What few batches have (limits, copies in lists) is a part of its own and planned apart: a statement
 * that carries it costs every batch an eighth of its speed, whether or not it is used.
 */
const append = (name: string, limits = NO_LIMITS, copies = ''): Statement<AppendRow> =>
  statement(
    name,
    `
WITH
new_message AS (
  SELECT t.*, CASE WHEN peer_id IS NOT NULL THEN nextval('message_numbers') END AS number
  FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
    $8::bytea[], $9::bytea[], $10::text[], $11::bytea[], $12::text[], $13::jsonb[], $14::timestamptz[], $42::bigint[], $27::bigint[])
  AS t(home_box, id, space, wire_id, sender_id, content_kind, subject, body, preview, algorithm, sender_key,
    in_reply_to, details, created_at, peer_id, parcel)
),
condition AS (
  SELECT * FROM unnest($15::bigint[], $16::bigint[], $17::text[], $18::bigint[], $19::boolean[])
  AS t(message_id, from_id, kind, to_id, stands)
),
standing AS (
  SELECT r.from_id, r.kind, r.to_id FROM relations r
  WHERE (r.from_id, r.kind, r.to_id) IN (SELECT from_id, kind, to_id FROM condition WHERE stands)
  FOR KEY SHARE
),
failed AS (
  SELECT c.message_id FROM condition c
  WHERE c.stands AND NOT EXISTS (
    SELECT FROM standing s WHERE s.from_id = c.from_id AND s.kind = c.kind AND s.to_id = c.to_id)
  UNION
  SELECT c.message_id FROM condition c
  JOIN relations r ON r.from_id = c.from_id AND r.kind = c.kind AND r.to_id = c.to_id
  WHERE NOT c.stands
),
-- one refusal in a parcel refuses the whole parcel
refused AS (
  SELECT m.id AS message_id FROM new_message m
  WHERE m.parcel IN (SELECT p.parcel FROM new_message p JOIN failed f ON f.message_id = p.id)
),
once AS (
  SELECT * FROM unnest($20::bigint[], $21::bigint[], $22::text[], $23::text[], $24::bytea[], $25::bytea[], $26::timestamptz[])
  AS t(message_id, box_id, scope, key, digest, result, expires_at)
  WHERE message_id NOT IN (SELECT message_id FROM refused)
),
known AS (
  SELECT o.message_id FROM once o JOIN idempotency_keys k USING (box_id, scope, key)
  WHERE k.expires_at IS NULL OR k.expires_at > $43
)${limits.decisions},
won AS (
  INSERT INTO idempotency_keys AS k (box_id, scope, key, digest, message_id, result, created_at, expires_at${limits.keyColumn})
  SELECT box_id, scope, key, digest, message_id, result, $43, expires_at${limits.keyValue} FROM once
  WHERE message_id NOT IN (SELECT message_id FROM known${limits.beyond})
  ORDER BY box_id, scope, key
  ON CONFLICT (box_id, scope, key) DO UPDATE
    SET digest = excluded.digest, message_id = excluded.message_id, result = excluded.result,
        created_at = excluded.created_at, expires_at = excluded.expires_at, credential_id = excluded.credential_id
    WHERE k.expires_at <= $43
  RETURNING message_id
),
verdict AS (
  SELECT m.id, CASE
    WHEN m.id IN (SELECT message_id FROM refused) THEN 'refused'${limits.verdicts}
    WHEN m.parcel IN (SELECT message_id FROM once) AND m.parcel NOT IN (SELECT message_id FROM won) THEN 'repeated'
    ELSE 'stored' END AS outcome
  FROM new_message m
),
accepted AS (SELECT id FROM verdict WHERE outcome = 'stored'),
stored_message AS (
  INSERT INTO messages (home_box, id, space, wire_id, sender_id, content_kind, subject, body, preview, algorithm,
    sender_key, in_reply_to, details, created_at, peer_id, number)
  SELECT home_box, id, space, wire_id, sender_id, content_kind, subject, body, preview, algorithm,
    sender_key, in_reply_to, details, created_at, peer_id, number
  FROM new_message WHERE id IN (SELECT id FROM accepted)
)${limits.places},
stored_delivery AS (
  INSERT INTO deliveries (recipient_id, message_id, home_box, space, wire_id, client_id, wrapped_key, outcome_code, due_at,
    number${limits.placeColumn})
  SELECT t.*, m.number${limits.placeValue}
  FROM unnest($29::bigint[], $30::bigint[], $31::bigint[], $32::text[], $33::text[], $34::text[], $35::bytea[],
    $36::smallint[], $37::timestamptz[])
  AS t(recipient_id, message_id, home_box, space, wire_id, client_id, wrapped_key, outcome_code, due_at)
  JOIN new_message m ON m.id = t.message_id${limits.placeJoin}
  WHERE t.message_id IN (SELECT id FROM accepted)
),
stored_attachment AS (
  INSERT INTO attachments (home_box, id, message_id, wire_id, name, media_type, byte_size, sha256, storage_key, details,
    created_at)
  SELECT m.home_box, t.id, m.id, t.wire_id, t.name, t.media_type, t.byte_size, t.sha256, t.storage_key, t.details, m.created_at
  FROM unnest($48::bigint[], $49::bigint[], $50::text[], $51::text[], $52::text[], $53::bigint[], $54::bytea[], $55::text[],
    $28::jsonb[])
  AS t(message_id, id, wire_id, name, media_type, byte_size, sha256, storage_key, details)
  JOIN new_message m ON m.id = t.message_id
  WHERE t.message_id IN (SELECT id FROM accepted)
),
stored_event AS (
  INSERT INTO events (box_id, xid, id, space, kind, home_box, message_id, created_at)
  SELECT t.box_id, pg_current_xact_id()::text::bigint, t.id, m.space, t.kind, m.home_box, m.id, m.created_at
  FROM unnest($38::bigint[], $39::bigint[], $40::bigint[], $41::text[]) AS t(message_id, box_id, id, kind)
  JOIN new_message m ON m.id = t.message_id
  WHERE t.message_id IN (SELECT id FROM accepted)
),
moved_count AS (
  INSERT INTO box_counts AS c (box_id, space, label, total)
  SELECT t.box_id, m.space, t.label, sum(t.delta)
  FROM unnest($44::bigint[], $45::bigint[], $46::text[], $47::bigint[]) AS t(message_id, box_id, label, delta)
  JOIN new_message m ON m.id = t.message_id
  WHERE t.message_id IN (SELECT id FROM accepted)
  GROUP BY t.box_id, m.space, t.label ORDER BY t.box_id, m.space, t.label
  ON CONFLICT (box_id, space, label) DO UPDATE SET total = c.total + excluded.total
),
talk AS (
  SELECT * FROM new_message WHERE peer_id IS NOT NULL AND id IN (SELECT id FROM accepted)
),
side AS (
  SELECT sender_id AS box_id, peer_id, space, number, created_at, 0 AS unread FROM talk
  UNION ALL
  SELECT peer_id, sender_id, space, number, created_at, 1 FROM talk
),
moved_conversation AS (
  INSERT INTO conversations AS c (box_id, peer_id, space, id, last_number, total_count, unread_count, created_at)
  SELECT box_id, peer_id, space, min(min(number)) OVER (PARTITION BY least(box_id, peer_id), greatest(box_id, peer_id), space),
    max(number), count(*), sum(unread), min(created_at)
  FROM side GROUP BY box_id, peer_id, space ORDER BY box_id, space, peer_id
  ON CONFLICT (box_id, space, peer_id) DO UPDATE SET
    last_number = greatest(c.last_number, excluded.last_number),
    total_count = c.total_count + excluded.total_count,
    unread_count = c.unread_count + excluded.unread_count
  RETURNING box_id, peer_id, space, id, unread_count
)${limits.spent}${copies}
SELECT v.id, v.outcome, ${limits.retryAt} AS retry_at, m.number, c.id AS conversation_id, c.unread_count
FROM verdict v
JOIN new_message m ON m.id = v.id${limits.retryJoin}
LEFT JOIN moved_conversation c ON c.box_id = m.sender_id AND c.peer_id = m.peer_id AND c.space = m.space`,
  );

const PARAMETERS = 55;
const BEHIND_LIMITS = PARAMETERS + LIMITS_PARAMETERS;
const APPEND = {
  plain: append('append'),
  limited: append('append-limited', limitsPart(PARAMETERS)),
  copied: append('append-copied', NO_LIMITS, appendCopies(PARAMETERS)),
  both: append('append-limited-copied', limitsPart(PARAMETERS), appendCopies(BEHIND_LIMITS)),
};

/** Messages that are stored together or not at all; at least one. */
export type Parcel = readonly [NewMessage, ...NewMessage[]];

/** @returns the statement that stores a batch, and its parameters */
export function appendOf(parcels: readonly Parcel[], now: Date): { what: Statement<AppendRow>; values: unknown[] } {
  const batch = parcels.flat();
  const values = valuesOf(parcels, batch, now);
  const limits = limitsValues(parcels, batch);
  const copies = batch.some((m) => m.copies) ? copyValues(batch) : null;
  if (!limits && !copies) return { what: APPEND.plain, values };
  const what = !copies ? APPEND.limited : limits ? APPEND.both : APPEND.copied;
  return { what, values: [...values, ...(limits ?? []), ...(copies ?? [])] };
}

/** Column by column. */
function valuesOf(parcels: readonly Parcel[], batch: readonly NewMessage[], now: Date): unknown[] {
  const per = <T>(pick: (m: NewMessage) => T): T[] => batch.map(pick);
  const deliveries = batch.flatMap((m) => m.deliveries.map((d) => ({ m, d })));
  const conditions = batch.flatMap((m) => m.relations.map((c) => ({ m, c })));
  const once = parcels.flatMap(([m]) => (m.once ? [{ m, o: m.once }] : []));
  const events = batch.flatMap((m) => m.events.map((e) => ({ m, e })));
  const attachments = batch.flatMap((m) => m.attachments.map((a) => ({ m, a })));
  const counts = batch.flatMap((m) => m.counts.map((c) => ({ m, c })));
  return [
    per((m) => m.homeBox), per((m) => m.id), per((m) => m.space), per((m) => m.wireId), per((m) => m.senderId),
    per((m) => m.contentKind), per((m) => m.subject), per((m) => m.body), per((m) => m.preview), per((m) => m.algorithm),
    per((m) => m.senderKey), per((m) => m.inReplyTo), per((m) => JSON.stringify(m.details)), per((m) => m.createdAt),
    conditions.map(({ m }) => m.id), conditions.map(({ c }) => c.fromId), conditions.map(({ c }) => c.kind),
    conditions.map(({ c }) => c.toId), conditions.map(({ c }) => c.stands),
    once.map(({ m }) => m.id), once.map(({ o }) => o.boxId), once.map(({ o }) => o.scope), once.map(({ o }) => o.key),
    once.map(({ o }) => o.digest), once.map(({ o }) => o.result), once.map(({ o }) => o.expiresAt),
    parcels.flatMap((parcel) => parcel.map(() => parcel[0].id)), attachments.map(({ a }) => JSON.stringify(a.details)),
    deliveries.map(({ d }) => d.recipientId), deliveries.map(({ m }) => m.id), deliveries.map(({ m }) => m.homeBox),
    deliveries.map(({ m }) => m.space), deliveries.map(({ d }) => d.wireId), deliveries.map(({ d }) => d.clientId),
    deliveries.map(({ d }) => d.wrappedKey), deliveries.map(({ d }) => d.outcomeCode), deliveries.map(({ d }) => d.dueAt),
    events.map(({ m }) => m.id), events.map(({ e }) => e.boxId), events.map(({ e }) => e.id), events.map(({ e }) => e.kind),
    per((m) => m.peerId),
    now,
    counts.map(({ m }) => m.id), counts.map(({ c }) => c.boxId), counts.map(({ c }) => c.label), counts.map(({ c }) => c.delta),
    attachments.map(({ m }) => m.id), attachments.map(({ a }) => a.id), attachments.map(({ a }) => a.wireId),
    attachments.map(({ a }) => a.name), attachments.map(({ a }) => a.mediaType), attachments.map(({ a }) => a.byteSize),
    attachments.map(({ a }) => a.sha256), attachments.map(({ a }) => a.storageKey),
  ];
}

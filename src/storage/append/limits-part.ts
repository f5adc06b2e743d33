import { type Parcel } from './append-statement.js';
import { type NewMessage } from './new-message.js';

/** What the statement that stores messages needs for credentials that are spent and totals with a bound. */
interface LimitsPart {
  readonly decisions: string;
  /** ids of messages that are beyond a limit, after those that are known */
  readonly beyond: string;
  readonly verdicts: string;
  readonly keyColumn: string;
  readonly keyValue: string;
  readonly places: string;
  readonly placeColumn: string;
  readonly placeValue: string;
  readonly placeJoin: string;
  readonly spent: string;
  readonly retryAt: string;
  readonly retryJoin: string;
}

export const NO_LIMITS: LimitsPart = {
  decisions: '', beyond: '', verdicts: '', keyColumn: '', keyValue: '', places: '', placeColumn: '', placeValue: '',
  placeJoin: '', spent: '', retryAt: 'NULL::timestamptz', retryJoin: '',
};

export const LIMITS_PARAMETERS = 13;

/**
 * Decides who has a use left and whose total has room, before anything is written. A total with a
 * bound is held from before it is read until the commit, so that places in the order of arrival
 * become visible in that order.
 *
 * @param before number of parameters the statement has already
 */
export function limitsPart(before: number): LimitsPart {
  const at = (n: number): string => `$${before + n}`;
  return {
    decisions: `,
key_credential AS (
  SELECT * FROM unnest(${at(1)}::bigint[], ${at(2)}::bigint[]) AS t(message_id, credential_id)
),
spend AS (
  SELECT * FROM unnest(${at(3)}::bigint[], ${at(4)}::bigint[], ${at(5)}::bigint[]) AS t(message_id, credential_id, bytes)
  WHERE message_id NOT IN (SELECT message_id FROM refused UNION ALL SELECT message_id FROM known)
),
purse AS (
  SELECT c.id, c.uses, c.uses_max, c.per_minute_max, c.per_day_max, c.bytes_per_day_max,
    CASE WHEN c.minute_at > $43::timestamptz - interval '1 minute' AND c.minute_at <= $43 THEN c.minute_at END AS minute_at,
    c.minute_uses, c.day_on = ($43::timestamptz AT TIME ZONE 'UTC')::date AS same_day, c.day_uses, c.day_bytes
  FROM credentials c
  WHERE c.id IN (SELECT credential_id FROM spend) AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $43)
  ORDER BY c.id FOR UPDATE
),
exhausted AS (
  SELECT s.message_id FROM (
    SELECT message_id, credential_id, row_number() OVER (PARTITION BY credential_id ORDER BY message_id) AS nth FROM spend) s
  LEFT JOIN purse p ON p.id = s.credential_id
  WHERE p.id IS NULL OR p.uses + s.nth > p.uses_max
),
-- what alone is too much does not count against those beside it
metered AS (
  SELECT s.message_id, p.minute_at, p.per_minute_max, p.per_day_max, p.bytes_per_day_max, s.bytes,
    CASE WHEN p.minute_at IS NULL THEN 0 ELSE p.minute_uses END + row_number() OVER w AS in_minute,
    CASE WHEN p.same_day THEN p.day_uses ELSE 0 END + row_number() OVER w AS in_day,
    CASE WHEN p.same_day THEN p.day_bytes ELSE 0 END + coalesce(sum(s.bytes) FILTER (
      WHERE CASE WHEN p.same_day THEN p.day_bytes ELSE 0 END + s.bytes <= p.bytes_per_day_max) OVER w, 0) AS bytes_in_day,
    CASE WHEN p.same_day THEN p.day_bytes ELSE 0 END + s.bytes AS bytes_alone
  FROM spend s JOIN purse p ON p.id = s.credential_id
  WHERE s.message_id NOT IN (SELECT message_id FROM exhausted)
  WINDOW w AS (PARTITION BY p.id ORDER BY s.message_id)
),
throttled AS (
  SELECT message_id, max(CASE
    WHEN in_day > per_day_max OR bytes_in_day > bytes_per_day_max OR bytes_alone > bytes_per_day_max
      THEN ((($43::timestamptz AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC')
    ELSE coalesce(minute_at, $43::timestamptz) + interval '1 minute' END) AS retry_at
  FROM metered
  WHERE in_minute > per_minute_max OR in_day > per_day_max OR bytes_in_day > bytes_per_day_max OR bytes_alone > bytes_per_day_max
  GROUP BY message_id
),
out_of_question AS (
  SELECT message_id FROM refused UNION ALL SELECT message_id FROM known UNION ALL SELECT message_id FROM exhausted
  UNION ALL SELECT message_id FROM throttled
),
bounded AS (
  SELECT t.*, m.space, m.parcel FROM unnest(${at(6)}::bigint[], ${at(7)}::bigint[], ${at(8)}::text[], ${at(9)}::bigint[], ${at(10)}::bigint[])
  AS t(message_id, box_id, label, delta, max)
  JOIN new_message m ON m.id = t.message_id
  WHERE m.parcel NOT IN (SELECT message_id FROM out_of_question)
),
held AS (
  SELECT c.box_id, c.space, c.label, c.total FROM box_counts c
  WHERE (c.box_id, c.space, c.label) IN (SELECT box_id, space, label FROM bounded)
  ORDER BY c.box_id, c.space, c.label FOR UPDATE
),
overfull AS (
  SELECT parcel, bool_or(total IS NULL) AS gone FROM (
    SELECT b.parcel, b.max, b.delta, h.total,
      sum(b.delta) FILTER (WHERE h.total + b.delta <= b.max) OVER (
        PARTITION BY b.box_id, b.space, b.label ORDER BY b.message_id) AS running
    FROM bounded b LEFT JOIN held h USING (box_id, space, label)) s
  WHERE total IS NULL OR total + delta > max OR total + running > max
  GROUP BY parcel
)`,
    beyond: ' UNION ALL SELECT message_id FROM out_of_question UNION ALL SELECT parcel FROM overfull',
    verdicts: `
    WHEN m.parcel IN (SELECT parcel FROM overfull WHERE gone) THEN 'refused'
    WHEN m.parcel IN (SELECT message_id FROM exhausted) THEN 'exhausted'
    WHEN m.parcel IN (SELECT message_id FROM throttled) THEN 'throttled'
    WHEN m.parcel IN (SELECT parcel FROM overfull) THEN 'full'`,
    keyColumn: ', credential_id',
    keyValue: ', (SELECT k.credential_id FROM key_credential k WHERE k.message_id = once.message_id)',
    places: `,
arrival AS (
  SELECT b.message_id, b.box_id, b.label,
    h.total + sum(b.delta) OVER (PARTITION BY b.box_id, b.space, b.label ORDER BY b.message_id) AS place
  FROM bounded b JOIN held h USING (box_id, space, label)
  WHERE b.message_id IN (SELECT id FROM accepted)
),
place_of AS (
  SELECT w.message_id, w.recipient_id, a.place
  FROM unnest(${at(11)}::bigint[], ${at(12)}::bigint[], ${at(13)}::text[]) AS w(message_id, recipient_id, label)
  JOIN arrival a ON a.message_id = w.message_id AND a.box_id = w.recipient_id AND a.label = w.label
)`,
    placeColumn: ', arrival',
    placeValue: ', a.place',
    placeJoin: `
  LEFT JOIN place_of a ON a.message_id = t.message_id AND a.recipient_id = t.recipient_id`,
    spent: `,
spent AS (
  UPDATE credentials c SET uses = c.uses + s.count, last_used_at = $43,
    minute_at = coalesce(p.minute_at, $43), minute_uses = CASE WHEN p.minute_at IS NULL THEN 0 ELSE p.minute_uses END + s.count,
    day_on = ($43::timestamptz AT TIME ZONE 'UTC')::date, day_uses = CASE WHEN p.same_day THEN p.day_uses ELSE 0 END + s.count,
    day_bytes = CASE WHEN p.same_day THEN p.day_bytes ELSE 0 END + s.bytes
  FROM (SELECT credential_id, count(*), sum(bytes) AS bytes FROM spend
    WHERE message_id IN (SELECT id FROM accepted) GROUP BY credential_id) s
  JOIN purse p ON p.id = s.credential_id
  WHERE c.id = s.credential_id
)`,
    retryAt: 't.retry_at',
    retryJoin: `
LEFT JOIN throttled t ON t.message_id = m.parcel`,
  };
}

/** @returns the parameters of limitsPart, column by column; null when no message of the batch has limits */
export function limitsValues(parcels: readonly Parcel[], batch: readonly NewMessage[]): unknown[] | null {
  const keys = parcels.flatMap(([m]) => (m.once?.credentialId ? [{ m, credentialId: m.once.credentialId }] : []));
  const spends = parcels.flatMap(([m]) => m.spends.map((spend) => ({ m, spend })));
  const bounded = batch.flatMap((m) => m.counts.flatMap((count) => (count.max === undefined ? [] : [{ m, count, max: count.max }])));
  const places = batch.flatMap((m) => m.deliveries.flatMap((d) => (d.arrivalCount === undefined ? [] : [{ m, d, label: d.arrivalCount }])));
  if (keys.length + spends.length + bounded.length + places.length === 0) return null;
  return [
    keys.map(({ m }) => m.id), keys.map(({ credentialId }) => credentialId),
    spends.map(({ m }) => m.id), spends.map(({ spend }) => spend.credentialId), spends.map(({ spend }) => spend.bytes),
    bounded.map(({ m }) => m.id), bounded.map(({ count }) => count.boxId), bounded.map(({ count }) => count.label),
    bounded.map(({ count }) => count.delta), bounded.map(({ max }) => max),
    places.map(({ m }) => m.id), places.map(({ d }) => d.recipientId), places.map(({ label }) => label),
  ];
}

import { type Row } from './odata.js';
import { type TestDatabase } from './database.js';

/** Where messages are put without being sent. */
export interface ManyMessages {
  readonly boxId: string;
  /** of the Box some of them belong to */
  readonly box: { readonly id: string; readonly name: string };
  /** the first id that is free */
  readonly firstId: bigint;
  readonly count: number;
  /** makes ids differ between cells; two hex digits */
  readonly mark: string;
}

const TITLES = ['Garden party', 'Garden', 'garden gate', 'Grüße', 'ti\0tle', '訪問', '', "it's", '50% off', 'a_b', 're: Garden party'];
const TYPES = ['message', 'message', 'message', 'req.relation.build', 'req.role.grant', 'request'];
const STATUSES = { message: ['unread', 'read'], request: ['none', 'approved', 'rejected'] } as const;
const SENDERS = ['https://unit.example/ada/', 'https://unit.example/bob/', 'https://peer.example/ada/'];
const START_MS = 1_795_000_000_000;
const STEP = 1000;

/** Texts that some of the messages have in them, to ask for. */
export const MESSAGE_TEXTS = [...new Set([...TITLES, ...TYPES, ...STATUSES.message, ...STATUSES.request, ...SENDERS, 'orch', 'friend', 'Come', 'x'.repeat(32), 'https://unit.example/eve/'])];

/** Writes received messages straight into the tables. @returns what they are, in the names of fields */
export async function insertReceived(db: TestDatabase, { boxId, box, firstId, count, mark }: ManyMessages): Promise<Row[]> {
  const rows = Array.from({ length: count }, (_, index) => rowOf(index, mark, box.name));
  for (let start = 0; start < count; start += STEP) {
    const part = rows.slice(start, start + STEP);
    const column = (pick: (row: Row, index: number) => unknown): unknown[] => part.map((row, index) => pick(row, start + index));
    const id = (index: number): string => (firstId + BigInt(index)).toString();
    await db.sql(
      `INSERT INTO messages (home_box, id, space, content_kind, subject, body, details, created_at)
       SELECT $1, t.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::jsonb[], $8::timestamptz[]) t`,
      [
        boxId, column((_, index) => id(index)), column(() => 'cell'), column(() => 'text'), column((row) => String(row['title']).replaceAll('\0', '\u00010')),
        column((row) => Buffer.from(String(row['body']))), column((row) => JSON.stringify(detailsOf(row))), column((row) => row['publishedAt']),
      ],
    );
    await db.sql(
      `INSERT INTO cell_copies (box_id, side, home_box, message_id, wire_id, type, title, status, from_url, in_reply_to, priority, bound_to, published_at, updated_at)
       SELECT $1, 'received', $1, t.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::bytea[], $9::smallint[], $10::bigint[], $11::timestamptz[], $12::timestamptz[]) t`,
      [
        boxId, column((_, index) => id(index)), column((row) => row['id']), column((row) => row['type']), column((row) => Buffer.from(String(row['title']))), column((row) => row['status']),
        column((row) => row['from']), column((row) => (row['inReplyTo'] === null ? null : Buffer.from(String(row['inReplyTo'])))), column((row) => String(row['priority'])),
        column((row) => (row['box'] === null ? null : box.id)), column((row) => row['publishedAt']), column((row) => row['updatedAt']),
      ],
    );
  }
  await db.sql(
    `INSERT INTO box_counts (box_id, space, label, total)
     SELECT box_id, 'cell', 'received:' || type || ':' || status, count(*) FROM cell_copies WHERE box_id = $1 AND side = 'received' GROUP BY 1, 3
     ON CONFLICT (box_id, space, label) DO UPDATE SET total = excluded.total`,
    [boxId],
  );
  await db.sql('ANALYZE messages, cell_copies');
  return rows;
}

function rowOf(index: number, mark: string, boxName: string): Row {
  const type = TYPES[(index * 7) % TYPES.length]!;
  const statuses = STATUSES[type === 'message' ? 'message' : 'request'];
  const isRequest = type !== 'message' && type !== 'request';
  return {
    id: `${mark}${index.toString(16).padStart(30, '0')}`,
    box: index % 9 === 0 ? boxName : null,
    inReplyTo: index % 5 === 0 ? 'x'.repeat(32) : null,
    from: SENDERS[index % SENDERS.length]!,
    others: index % 4 === 0 ? 'https://unit.example/eve/,https://unit.example/joe/' : null,
    status: statuses[index % statuses.length]!,
    type,
    title: TITLES[(index * 3) % TITLES.length]!,
    body: `Come ${index} ${TITLES[index % TITLES.length]} `.repeat(1 + (index % 12)),
    priority: BigInt(1 + (index % 5)),
    relation: isRequest ? 'friend' : null,
    target: isRequest ? 'https://unit.example/eve/' : null,
    publishedAt: new Date(START_MS + index * 60_000),
    updatedAt: new Date(START_MS + index * 60_000 + (index % 3) * 1000),
  };
}

function detailsOf(row: Row): object {
  const { relation, target, others } = row;
  return { ...(relation !== null && { relation }), ...(target !== null && { target }), ...(others !== null && { others }) };
}

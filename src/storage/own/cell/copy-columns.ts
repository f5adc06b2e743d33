import { type Columns, type QueryColumn } from '../../query/columns.js';

/** A body is bytes; where words are looked for it becomes text, with a blank for U+0000. */
const BODY_TEXT = `(CASE WHEN position('\\x00'::bytea IN m.body) = 0 THEN convert_from(m.body, 'UTF8')
  ELSE convert_from(decode(replace(regexp_replace(encode(m.body, 'hex'), '(..)', '\\1 ', 'g'), '00 ', '20 '), 'hex'), 'UTF8') END)`;
/** The destinations but for the one that looks; what came with the message where it came from elsewhere. */
const OTHERS = `coalesce(m.details ->> 'others', nullif(array_to_string(ARRAY(
  SELECT jsonb_array_elements_text((m.details -> 'destinations') - c.place)), ','), ''))`;

const detail = (name: string): QueryColumn => ({ sql: `(m.details ->> '${name}')`, kind: 'text', optional: true });

const shared: Columns['fields'] = {
  id: { sql: 'c.wire_id', kind: 'text' },
  box: { sql: 'b.name', kind: 'text', optional: true },
  inReplyTo: { sql: 'c.in_reply_to', kind: 'bytes', optional: true },
  type: { sql: 'c.type', kind: 'text' },
  title: { sql: 'c.title', kind: 'bytes' },
  body: { sql: 'm.body', kind: 'bytes', large: true },
  priority: { sql: 'c.priority', kind: 'integer' },
  relation: detail('relation'),
  target: detail('target'),
  publishedAt: { sql: 'c.published_at', kind: 'time' },
  updatedAt: { sql: 'c.updated_at', kind: 'time' },
};
const order = { natural: [{ field: 'publishedAt', descending: false }], key: ['id'] } as const;
const sharedWords = ['c.wire_id', 'b.name', 'm.in_reply_to', 'c.type', 'm.subject', BODY_TEXT, 'c.priority::text', shared.relation!.sql, shared.target!.sql];

/** What may be asked of received messages: c is their copy, m the message, b the Box. */
export const receivedColumns: Columns = {
  ...order,
  fields: {
    ...shared,
    from: { sql: 'c.from_url', kind: 'text' },
    others: { sql: OTHERS, kind: 'text', optional: true },
    status: { sql: 'c.status', kind: 'text' },
  },
  words: [...sharedWords, 'c.from_url', OTHERS, 'c.status'],
};

/** The same for sent ones. */
export const sentColumns: Columns = {
  ...order,
  fields: { ...shared, to: detail('to'), toRelation: detail('toRelation') },
  words: [...sharedWords, detail('to').sql, detail('toRelation').sql],
};

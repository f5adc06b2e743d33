import { randomBytes } from 'node:crypto';
import pg from 'pg';

const TEXT_2K = 'Ships at noon, weather permitting. '.repeat(60).slice(0, 2048);
export const TEXT_60K = 'Ships at noon, weather permitting. '.repeat(1800).slice(0, 60 * 1024);
const TITLES = ['Garden party', 'Quarterly report', 'Lunch', 'Re: Lunch', 'Minutes'];

/** The queries that clients of this API ask, as they write them. */
export const QUERIES = {
  'unread, with count': "ReceivedMessage?$filter=Type+eq+%27message%27+and+Status+eq+%27unread%27&$inlinecount=allpages",
  'messages, newest first': 'ReceivedMessage?$orderby=__published%20desc&$filter=Type+eq+%27message%27',
  'open requests, with count': 'ReceivedMessage?$inlinecount=allpages&$filter=Type+ne+%27message%27+and+Status+eq+%27none%27',
  'by beginning of title': 'ReceivedMessage?$filter=startswith%28Title,%27Garden%27%29&$orderby=__published%20desc',
  'count alone': 'ReceivedMessage?$top=0&$inlinecount=allpages',
  'last changed 50': 'ReceivedMessage?$orderby=__updated%20desc%20&$skip=0&$top=50',
  'sent, newest first': 'SentMessage?$orderby=__published%20desc',
  'by sender, type and title': (url) => `ReceivedMessage?$filter=From+eq+%27${encodeURIComponent(`${url}bench-peer/`)}%27+and+Type+eq+%27message%27+and+Title+eq+%27x%27`,
};

/** Cells made straight in the database, with as many messages as are asked for. */
export class CellSeed {
  constructor(databaseUrl, publicUrl) {
    this.client = new pg.Client({ connectionString: databaseUrl });
    this.publicUrl = publicUrl;
    this.next = BigInt(Date.now()) * 1_000_000n;
  }

  static async open(databaseUrl, publicUrl = 'http://localhost:3000/') {
    const seed = new CellSeed(databaseUrl, publicUrl);
    await seed.client.connect();
    return seed;
  }

  /** @returns mailbox ids of new cells, by their names */
  async cells(names) {
    const ids = names.map(() => String((this.next += 2n)));
    await this.client.query('INSERT INTO cells (id, name, created_at) SELECT id, name, now() FROM unnest($1::bigint[], $2::text[]) AS t(id, name)', [ids, names]);
    await this.client.query("INSERT INTO mailboxes (id, kind, cell_id, created_at) SELECT id + 1, 'cell', id, now() FROM unnest($1::bigint[]) AS t(id)", [ids]);
    return new Map(names.map((name, index) => [name, String(BigInt(ids[index]) + 1n)]));
  }

  /** Fills both lists of a cell: one message in ten is an open request, six in ten are unread, some 33 in all have the title x. */
  async fill(box, count) {
    const first = (this.next += BigInt(count) + 1n) - BigInt(count);
    const values = [box, String(first), count, `${this.publicUrl}bench-peer/`, TITLES, Buffer.from(TEXT_2K)];
    const made = `SELECT n, ($2::bigint + n) AS id, lpad(to_hex($2::bigint + n), 32, '0') AS wire_id, now() - n * interval '1 second' AS at,
        CASE WHEN n % 10 = 0 THEN 'req.role.grant' ELSE 'message' END AS type,
        CASE WHEN n % 10 = 0 THEN 'none' WHEN n % 10 < 7 THEN 'unread' ELSE 'read' END AS status,
        CASE WHEN n % ($3::integer / 33) = 0 THEN 'x' ELSE ($5::text[])[1 + n % 5] || ' ' || n END AS title
      FROM generate_series(1, $3::integer) AS n`;
    await this.client.query(
      `WITH made AS (${made}),
       m AS (INSERT INTO messages (home_box, id, space, wire_id, sender_id, content_kind, subject, body, details, created_at)
         SELECT $1, id, 'cell', wire_id, $1, 'text', title, $6, jsonb_build_object('to', $4::text, 'destinations', jsonb_build_array($4::text), 'relation', 'reader', 'target', $4::text), at FROM made)
       INSERT INTO cell_copies (box_id, side, wire_id, home_box, message_id, type, title, status, from_url, priority, place, published_at, updated_at)
       SELECT $1, side, wire_id, $1, id, type, convert_to(title, 'UTF8'), CASE side WHEN 'sent' THEN '' ELSE status END, $4, 3, 0, at, at
       FROM made CROSS JOIN (VALUES ('sent'), ('received')) AS s(side)`,
      values,
    );
    await this.client.query(
      `INSERT INTO box_counts (box_id, space, label, total)
       SELECT box_id, 'cell', CASE side WHEN 'sent' THEN 'sent:' || type ELSE 'received:' || type || ':' || status END, count(*)
       FROM cell_copies WHERE box_id = $1 GROUP BY 1, 3`,
      [box],
    );
  }

  async settle() {
    await this.client.query('VACUUM (ANALYZE) cell_copies');
    await this.client.query('VACUUM (ANALYZE) messages');
  }

  close() {
    return this.client.end();
  }
}

const asAdmin = (token) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

/** @returns a send from one cell to others, as the load generator takes it */
export function sendTo(from, names, body, token, publicUrl = 'http://localhost:3000/') {
  const To = names.map((name) => `${publicUrl}${name}/`).join(',');
  return { method: 'POST', path: `/${from}/__message/send`, headers: asAdmin(token), body: JSON.stringify({ To, Title: 'Quarterly report', Body: body }) };
}

/** @returns a read of a list */
export function readOf(name, query, token) {
  return { method: 'GET', path: `/${name}/__ctl/${query}`, headers: asAdmin(token) };
}

/** Makes cells and messages, and returns the rows of the report with the requests that make them. */
export async function prepareCell(databaseUrl, token) {
  const seed = await CellSeed.open(databaseUrl);
  const run = randomBytes(4).toString('hex');
  const [from, small, large] = ['from', 'small', 'large'].map((name) => `${name}-${run}`);
  const many = Array.from({ length: 1000 }, (_, index) => `to-${index}-${run}`);
  const boxes = await seed.cells([from, small, large, ...many]);
  await seed.fill(boxes.get(small), 100);
  await seed.fill(boxes.get(large), 100_000);
  await seed.settle();
  await seed.close();
  const send = (count, body) => Array.from({ length: count === 1 ? 40 : 1 }, (_, index) => sendTo(from, many.slice(index, index + count), body, token));
  const list = (name) => [readOf(name, QUERIES['unread, with count'], token)];
  return [
    { name: 'Cell send to 1, 2 KB', requests: send(1, TEXT_2K) },
    { name: 'Cell send to 1, 60 KB', requests: send(1, TEXT_60K) },
    { name: 'Cell send to 100, 2 KB', requests: send(100, TEXT_2K) },
    { name: 'Cell send to 100, 60 KB', requests: send(100, TEXT_60K) },
    { name: 'Cell send to 1,000, 2 KB', requests: send(1000, TEXT_2K) },
    { name: 'Cell send to 1,000, 60 KB', requests: send(1000, TEXT_60K) },
    { name: 'Cell list 25 unread and count, of 100', requests: list(small) },
    { name: 'Cell list 25 unread and count, of 100,000', requests: list(large) },
  ];
}

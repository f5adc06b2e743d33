import pg from 'pg';
import { type Found, hashOf } from '../../../support/ledger.js';
import { type Cast, type Keys, numberOf } from './writers.js';
import { type Json, Wire } from './wire.js';

const READERS = 8;
/** of the signed messages, how many are read from the sender's side too */
const SENDER_READS_MAX = 60;

/** What the store holds, and what does not fit together in it. */
export interface Inspection {
  readonly found: Found[];
  readonly violations: string[];
}

/**
 * Reads everything through the API, each message in full, and counts the rows behind it.
 *
 * @param url of a running server
 * @param databaseUrl its database, in which nobody else has written
 */
export async function inspect(url: string, databaseUrl: string, cast: Cast): Promise<Inspection> {
  const violations: string[] = [];
  const found: Found[] = [];
  for (const keys of cast.recipients) found.push(...(await readInbox(url, keys, violations)));
  await readAsSenders(url, cast, found, violations);
  violations.push(...(await countRows(databaseUrl, found)));
  return { found, violations };
}

async function readInbox(url: string, keys: Keys, violations: string[]): Promise<Found[]> {
  const wires = Array.from({ length: READERS }, () => new Wire(url));
  try {
    const { private_key } = keys;
    const list = await wires[0]!.must('GET', '/messages', { private_key, pagination_data: { skip: 0, take: -1 } });
    const { total, query } = list.pagination_data;
    const items: Json[] = list.messages;
    if (total !== items.length || query !== items.length) violations.push(`an inbox of ${items.length} says ${total} and ${query}`);
    const found: Found[] = [];
    const queue = items.values();
    const read = async (wire: Wire): Promise<void> => {
      for (const item of queue) {
        const message = await wire.must('GET', `/messages/receiver/${item.id}`, { private_key });
        const { subject, content } = message.message;
        const digest: string = message.manifest.message_blake3_digest;
        const head = `${item.message.subject}|${item.message.content}|${item.message_blake3_digest}|${item.id}`;
        const wanted = `${cut(subject)}|${cut(content)}|${digest}|${message.id}`;
        if (head !== wanted) violations.push(`listed as ${head} and read as ${wanted}`);
        found.push({ n: numberOf(content), id: item.id, from: message.pair.from, to: message.pair.to, hash: hashOf(subject, content), digest });
      }
    };
    await Promise.all(wires.map(read));
    return found;
  } finally {
    for (const wire of wires) wire.close();
  }
}

const cut = (text: string): string => [...text].slice(0, 30).join('');

async function readAsSenders(url: string, cast: Cast, found: readonly Found[], violations: string[]): Promise<void> {
  const wire = new Wire(url);
  const signed = found.filter(({ from }) => from !== null);
  const step = Math.max(1, Math.floor(signed.length / SENDER_READS_MAX));
  for (let i = 0; i < signed.length; i += step) {
    const { id, from, to, hash } = signed[i]!;
    const { private_key } = cast.senders.find(({ public_key }) => public_key === from)!;
    const { message } = await wire.must('GET', `/messages/sender/${id}`, { private_key, public_key: to });
    if (hashOf(message.subject, message.content) !== hash) violations.push(`message ${id} reads differently for its sender`);
  }
  wire.close();
}

/** Rows that must agree with what the API shows, and with one another. */
async function countRows(databaseUrl: string, found: readonly Found[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(`
      SELECT (SELECT count(*) FROM messages) AS messages,
        (SELECT count(*) FROM deliveries) AS deliveries,
        (SELECT count(DISTINCT wire_id) FROM deliveries) AS wire_ids,
        (SELECT coalesce(sum(total), 0) FROM box_counts WHERE label = 'inbox') AS counted_in,
        (SELECT coalesce(sum(total), 0) FROM box_counts WHERE label = 'sent') AS counted_out,
        (SELECT count(*) FROM events e JOIN messages m ON m.id = e.message_id AND kind = 'message.received') AS received,
        (SELECT count(*) FROM events e JOIN messages m ON m.id = e.message_id AND kind = 'message.sent') AS sent,
        (SELECT count(*) FROM messages m WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id)) AS undelivered,
        (SELECT count(*) FROM idempotency_keys k WHERE NOT EXISTS (SELECT FROM messages m WHERE m.id = k.message_id)) AS empty_keys`);
    const signed = found.filter(({ from }) => from !== null).length;
    const all = found.length;
    const wanted: Record<string, number> = {
      messages: all, deliveries: all, wire_ids: all, counted_in: all, counted_out: signed, received: all, sent: signed,
      undelivered: 0, empty_keys: 0,
    };
    return Object.entries(wanted)
      .filter(([name, count]) => Number(rows[0]![name]) !== count)
      .map(([name, count]) => `${name}: ${rows[0]![name]} rows where ${count} were read`);
  } finally {
    await client.end();
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Sentences that must be true of the rows between any two transactions: each query finds what breaks it. */
const RULES = {
  'messages without a delivery': `SELECT m.id FROM messages m WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.message_id = m.id) AND m.withdrawn_at IS NULL`,
  'deliveries without a message': `SELECT d.message_id FROM deliveries d WHERE NOT EXISTS (SELECT FROM messages m WHERE m.id = d.message_id)`,
  'two messages of one number': `SELECT number FROM messages WHERE number IS NOT NULL GROUP BY number HAVING count(*) > 1`,
  'two messages of one wire id': `SELECT wire_id FROM messages WHERE wire_id IS NOT NULL GROUP BY space, wire_id HAVING count(*) > 1`,
  'counted inboxes that differ from their messages': `
    SELECT b.box_id, b.total FROM box_counts b WHERE b.label = 'inbox' AND b.space = 'keyinbox' AND b.total <>
      (SELECT count(*) FROM deliveries d WHERE d.recipient_id = b.box_id AND d.space = b.space AND d.number IS NULL AND d.deleted_at IS NULL)`,
  'conversations whose total differs from their messages': `
    SELECT c.box_id, c.peer_id, c.total_count FROM conversations c WHERE c.total_count <>
      (SELECT count(*) FROM messages m WHERE m.home_box = c.box_id AND m.peer_id = c.peer_id AND m.space = c.space AND m.number > c.cleared_to AND m.sender_deleted_at IS NULL) +
      (SELECT count(*) FROM deliveries d WHERE d.recipient_id = c.box_id AND d.home_box = c.peer_id AND d.space = c.space AND d.number > c.cleared_to AND d.deleted_at IS NULL)`,
  'conversations whose last number is not that of their last message': `
    SELECT c.box_id, c.peer_id, c.last_number FROM conversations c WHERE c.last_number <> coalesce(greatest(
      (SELECT max(number) FROM messages m WHERE m.home_box = c.box_id AND m.peer_id = c.peer_id AND m.space = c.space AND m.number > c.cleared_to AND m.sender_deleted_at IS NULL),
      (SELECT max(number) FROM deliveries d WHERE d.recipient_id = c.box_id AND d.home_box = c.peer_id AND d.space = c.space AND d.number > c.cleared_to AND d.deleted_at IS NULL)), 0)`,
  'attachments without a message': `SELECT a.id FROM attachments a WHERE NOT EXISTS (SELECT FROM messages m WHERE m.id = a.message_id)`,
};

/**
 * Reads straight from SQL and from the folder of files.
 * @returns {Promise<{violations: string[], figures: Record<string, number>}>}
 */
export async function checkStore(site) {
  const violations = [];
  for (const [rule, query] of Object.entries(RULES)) {
    const rows = await site.sql(query);
    if (rows.length > 0) violations.push(`SQL: ${rows.length} ${rule}, such as ${JSON.stringify(rows[0])}`);
  }
  const files = await site.sql(`SELECT DISTINCT storage_key, byte_size::int AS size FROM attachments
    UNION SELECT DISTINCT storage_key, byte_size::int FROM pm_uploads WHERE storage_key IS NOT NULL`);
  for (const { storage_key: key, size } of files) {
    const found = await digestOf(join(site.dataDir, 'files', key.slice(0, 2), key));
    if (found === null) violations.push(`a row names the file ${key}, which is not there`);
    else if (found.digest !== key || found.size !== size) violations.push(`the file ${key} has other bytes`);
  }
  const counts = await site.sql('SELECT space, count(*)::int AS count FROM messages GROUP BY space');
  return { violations, figures: { rows: Object.fromEntries(counts.map(({ space, count }) => [space, count])), files: files.length } };
}

async function digestOf(path) {
  const hash = createHash('sha256');
  let size = 0;
  try {
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
      }
    });
  } catch {
    return null;
  }
  return { digest: hash.digest('hex'), size };
}

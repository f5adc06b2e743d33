import { type Pool } from 'pg';
import { type Clock } from '../../kernel/clock.js';
import { databaseFault } from '../../kernel/database-fault.js';
import { type Id } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { assert } from '../../kernel/assert.js';
import { Sql, statement } from '../sql.js';
import { appendOf, type AppendRow, type Parcel } from './append-statement.js';
import { type AppendOutcome, type OnceKey, type StoredTalk } from './new-message.js';

const FIND_KEY = statement<{ digest: Buffer; message_id: Id; result: Buffer | null; credential_id: Id | null }>(
  'append-find-key',
  `SELECT digest, message_id, result, credential_id FROM idempotency_keys WHERE box_id = $1 AND scope = $2 AND key = $3`,
);

// Two credentials have sent it: the tombstone must outlive both, so it ends with neither.
const UNBIND_KEY = statement('append-unbind-key', 'UPDATE idempotency_keys SET credential_id = NULL WHERE box_id = $1 AND scope = $2 AND key = $3');

/** Writes one batch in one statement and tells what became of each message. */
export class BatchWriter {
  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  /**
   * @param batch no two parcels with one idempotency key
   * @returns outcomes in the order of the batch
   * @throws the driver's error; deadlocks and serialisation faults were tried again before
   */
  async write(batch: readonly Parcel[]): Promise<AppendOutcome[]> {
    const rows = await this.execute(batch);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const outcomes: AppendOutcome[] = [];
    for (const parcel of batch) {
      const answers = parcel.map((message) => byId.get(message.id));
      const [first] = answers;
      assert(first, 'append answers for every message');
      outcomes.push(await this.outcomeOf(parcel, first, answers));
    }
    return outcomes;
  }

  /** On one connection, which is given up when its state is in doubt. */
  private async execute(batch: readonly Parcel[]): Promise<AppendRow[]> {
    for (let attempt = 1; ; attempt += 1) {
      const client = await this.pool.connect();
      try {
        const { what, values } = appendOf(batch, new Date(this.clock.now()));
        const rows = await new Sql(client).all(what, values);
        client.release();
        return rows;
      } catch (error) {
        const fault = databaseFault(error);
        client.release(fault === 'away');
        if (fault !== 'collision' || attempt >= limits.transaction_attempts_max) throw error;
      }
    }
  }

  /** What was beyond a limit may have been stored already, by a copy that came first. */
  private async outcomeOf(parcel: Parcel, first: AppendRow, answers: readonly (AppendRow | undefined)[]): Promise<AppendOutcome> {
    if (first.outcome === 'repeated') return this.repeated(parcel);
    const isBeyond = first.outcome === 'exhausted' || first.outcome === 'throttled' || first.outcome === 'full';
    return ((isBeyond && parcel[0].once && (await this.known(parcel[0].once))) || null) ?? plainOutcome(first, answers);
  }

  /** The key was taken by an earlier, committed send: give its answer, or say it was another. */
  private async repeated(parcel: Parcel): Promise<AppendOutcome> {
    // Swept between the two statements: the key is free again.
    return (await this.known(parcel[0].once as OnceKey)) ?? (await this.write([parcel]))[0]!;
  }

  private async known(once: OnceKey): Promise<AppendOutcome | null> {
    const sql = new Sql(this.pool);
    const key = [once.boxId, once.scope, once.key];
    const known = await sql.one(FIND_KEY, key);
    if (!known) return null;
    if (!known.digest.equals(once.digest)) return { kind: 'mismatch' };
    if (known.credential_id !== null && known.credential_id !== once.credentialId) await sql.all(UNBIND_KEY, key);
    return { kind: 'replayed', messageId: known.message_id, result: known.result };
  }
}

function plainOutcome(first: AppendRow, answers: readonly (AppendRow | undefined)[]): AppendOutcome {
  if (first.outcome === 'throttled') return { kind: 'throttled', retryAt: first.retry_at ?? new Date(0) };
  if (first.outcome !== 'stored' && first.outcome !== 'repeated') return { kind: first.outcome };
  return { kind: 'stored', talks: answers.flatMap((row) => (row && row.number !== null ? [talkOf(row)] : [])) };
}

function talkOf(row: AppendRow): StoredTalk {
  return { number: Number(row.number), conversationId: Number(row.conversation_id), unread: Number(row.unread_count) };
}

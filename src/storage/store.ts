import { type PoolClient } from 'pg';
import { type Clock } from '../kernel/clock.js';
import { databaseFault } from '../kernel/database-fault.js';
import { DomainError } from '../kernel/domain-error.js';
import { type Id, type IdSource } from '../kernel/id-source.js';
import { limits } from '../kernel/limits.js';
import { type MailboxRef } from '../kernel/mailbox-ref.js';
import { AppendQueue } from './append/append-queue.js';
import { type Parcel } from './append/append-statement.js';
import { type AppendOutcome, type NewMessage } from './append/new-message.js';
import { type Database } from './database.js';
import { MailboxDirectory } from './mailbox-directory.js';
import { Sql } from './sql.js';
import { Tx } from './tx.js';

/** Takes the mailboxes whose feed a commit of this process wrote to. */
export type ChangeListener = (boxIds: readonly Id[]) => void;

/**
 * The one door to the database. Repositories exist only on the Tx it hands out, so that a query
 * outside a transaction cannot be written down.
 */
export class Store {
  private readonly mailboxes: MailboxDirectory;
  private readonly queue: AppendQueue;
  private readonly reader: Tx;
  private readonly listeners = new Set<ChangeListener>();

  constructor(
    private readonly database: Database,
    clock: Clock,
    ids: IdSource,
  ) {
    const sql = new Sql(database.pool);
    this.mailboxes = new MailboxDirectory(sql, clock, ids);
    this.queue = new AppendQueue(database.pool, clock);
    this.reader = new Tx(sql);
  }

  /**
   * Runs work in one transaction. It may run more than once (deadlocks and serialisation
   * faults are tried again), so it must have no effect outside the database.
   *
   * @throws DomainError overloaded when the database is away or the attempts are used up
   */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        const fault = databaseFault(error);
        if (fault === 'collision' && attempt < limits.transaction_attempts_max) continue;
        if (fault === 'collision' || fault === 'away') throw overloaded(error);
        throw error;
      }
    }
  }

  /**
   * Runs single-query reads without BEGIN and COMMIT: each query sees its own snapshot.
   * @throws DomainError overloaded when the database is away
   */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return reachable(() => work(this.reader));
  }

  /**
   * @returns the id of a mailbox, or null when nobody has used it yet
   * @throws DomainError overloaded when the database is away
   */
  findMailbox(ref: MailboxRef): Promise<Id | null> {
    return reachable(() => this.mailboxes.find(ref));
  }

  /**
   * @returns the id of a mailbox, made on first use in a commit of its own
   * @throws DomainError overloaded when the database is away
   */
  ensureMailbox(ref: MailboxRef): Promise<Id> {
    return reachable(() => this.mailboxes.ensure(ref));
  }

  /**
   * Stores a message with everything that hangs on it, in a commit shared with others.
   * Resolves only after that commit.
   *
   * @returns what became of it; a failed precondition is an outcome, not an error
   * @throws DomainError conflict when a wire id is taken; overloaded when the queue is full or
   *   the database is away (the message may then be stored or not)
   */
  append(message: NewMessage): Promise<AppendOutcome> {
    return this.announced([message]);
  }

  /**
   * As append, for messages that are stored together or not at all.
   * @param parcel its first message alone carries the idempotency key and the spends
   */
  appendTogether(parcel: Parcel): Promise<AppendOutcome> {
    return this.announced(parcel);
  }

  /**
   * Tells of commits of this process, after them. A hint that there is something to read; other
   * processes write to the same feeds.
   * @returns ends it
   */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Messages that wait for a commit, for metrics. */
  get appendBacklog(): number {
    return this.queue.backlog;
  }

  /** Waits until everything handed to append is answered. */
  async drain(): Promise<void> {
    await this.queue.drain();
  }

  private async announced(parcel: Parcel): Promise<AppendOutcome> {
    const outcome = await this.queue.append(parcel);
    if (outcome.kind === 'stored' && this.listeners.size > 0) this.tell(parcel.flatMap(({ events }) => events.map((event) => event.boxId)));
    return outcome;
  }

  private tell(boxIds: readonly Id[]): void {
    for (const listener of this.listeners) listener(boxIds);
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.database.pool.connect();
    try {
      await client.query('BEGIN');
      const changed: Id[] = [];
      const result = await work(new Tx(new Sql(client), (boxId) => changed.push(boxId)));
      await client.query('COMMIT');
      client.release();
      if (changed.length > 0) this.tell(changed);
      return result;
    } catch (error) {
      await abandon(client, error);
      throw error;
    }
  }
}

async function reachable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (databaseFault(error) === 'away') throw overloaded(error);
    throw error;
  }
}

/** Gives the connection back clean, or not at all. */
async function abandon(client: PoolClient, error: unknown): Promise<void> {
  const fault = databaseFault(error);
  if (fault === 'away') return client.release(true);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}

function overloaded(cause: unknown): DomainError {
  return new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds }, { cause });
}

import { type Pool } from 'pg';
import { type Clock } from '../../kernel/clock.js';
import { databaseFault } from '../../kernel/database-fault.js';
import { DomainError } from '../../kernel/domain-error.js';
import { limits } from '../../kernel/limits.js';
import { type Parcel } from './append-statement.js';
import { BatchWriter } from './batch-writer.js';
import { type AppendOutcome, type NewMessage } from './new-message.js';

interface Waiting {
  readonly parcel: Parcel;
  readonly bytes: number;
  readonly onceKey: string | null;
  readonly deadlineMs: number;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A message that could not be handed to the database for this long is refused: it was not stored. */
const QUEUE_WAIT_MS = 2_500;

/**
 * Gathers messages into shared commits. An idle server writes at once; under load batches grow
 * by themselves, because the next one forms while two are in flight.
 *
 * - a reply is given only after the commit that holds the message;
 * - two sends under one idempotency key never share a batch: the second waits for the first;
 * - messages of one parcel are stored together or not at all;
 * - when a batch fails on a value, its parcels are written one by one, so only the culprit fails;
 * - a full queue, and a wait that is too long, are refused as overloaded: nothing was stored.
 */
export class AppendQueue {
  private readonly waiting: Waiting[] = [];
  private readonly busyKeys = new Set<string>();
  private readonly writer: BatchWriter;
  private waitingBytes = 0;
  private waitingRows = 0;
  private inFlight = 0;
  private flushScheduled = false;
  private idleWaiters: (() => void)[] = [];
  private expiry: NodeJS.Timeout | null = null;

  constructor(
    pool: Pool,
    private readonly clock: Clock,
  ) {
    this.writer = new BatchWriter(pool, clock);
  }

  /** Messages accepted into the queue and not yet handed to the database. */
  get backlog(): number {
    return this.waitingRows;
  }

  /** @throws DomainError as Store.append says */
  append(parcel: Parcel): Promise<AppendOutcome> {
    const bytes = parcel.reduce((sum, message) => sum + sizeOf(message), 0);
    if (this.waitingRows + parcel.length > limits.append_queue_rows_max || this.waitingBytes + bytes > limits.append_queue_bytes_max) {
      return Promise.reject(overloaded());
    }
    return new Promise((resolve, reject) => {
      const { once } = parcel[0];
      this.waiting.push({
        parcel,
        bytes,
        onceKey: once ? `${once.boxId} ${once.scope} ${once.key}` : null,
        deadlineMs: this.clock.now() + QUEUE_WAIT_MS,
        resolve,
        reject,
      });
      this.waitingBytes += bytes;
      this.waitingRows += parcel.length;
      this.schedule();
    });
  }

  /** Resolves when nothing waits and nothing is in flight. */
  drain(): Promise<void> {
    if (this.waiting.length === 0 && this.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private schedule(): void {
    if (this.flushScheduled) return;
    if (this.inFlight >= limits.append_batches_in_flight_max) {
      this.watchDeadlines();
      return;
    }
    this.flushScheduled = true;
    setImmediate(() => {
      this.flushScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    this.refuseOverdue();
    while (this.waiting.length > 0 && this.inFlight < limits.append_batches_in_flight_max) {
      const batch = this.takeBatch();
      if (batch.length === 0) break;
      this.inFlight += 1;
      void this.write(batch);
    }
    this.watchDeadlines();
  }

  /** Takes from the front, leaving behind what shares an idempotency key with a batch under way. */
  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    let bytes = 0;
    let rows = 0;
    let index = 0;
    for (; index < this.waiting.length; index += 1) {
      const item = this.waiting[index]!;
      const full = rows + item.parcel.length > limits.append_batch_rows_max || bytes + item.bytes > limits.append_batch_bytes_max;
      if (batch.length > 0 && full) break;
      if (item.onceKey !== null && this.busyKeys.has(item.onceKey)) {
        left.push(item);
        continue;
      }
      if (item.onceKey !== null) this.busyKeys.add(item.onceKey);
      batch.push(item);
      bytes += item.bytes;
      rows += item.parcel.length;
    }
    this.waiting.splice(0, index, ...left);
    this.waitingBytes -= bytes;
    this.waitingRows -= rows;
    return batch;
  }

  private async write(batch: Waiting[]): Promise<void> {
    try {
      await this.writeTogether(batch);
    } finally {
      for (const item of batch) if (item.onceKey !== null) this.busyKeys.delete(item.onceKey);
      this.inFlight -= 1;
      if (this.waiting.length > 0) this.schedule();
      else if (this.inFlight === 0) this.wakeIdleWaiters();
    }
  }

  private async writeTogether(batch: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.writer.write(batch.map((item) => item.parcel));
      batch.forEach((item, index) => item.resolve(outcomes[index]!));
    } catch (error) {
      const fault = databaseFault(error);
      // Only a statement that PostgreSQL answered with an error is known to have left nothing.
      if (batch.length > 1 && fault !== 'away' && fault !== 'collision') {
        for (const item of batch) await this.writeTogether([item]);
        return;
      }
      for (const item of batch) item.reject(refusalOf(error));
    }
  }

  private refuseOverdue(): void {
    const now = this.clock.now();
    while (this.waiting.length > 0 && this.waiting[0]!.deadlineMs <= now) {
      const item = this.waiting.shift()!;
      this.waitingBytes -= item.bytes;
      this.waitingRows -= item.parcel.length;
      item.reject(overloaded());
    }
    if (this.waiting.length === 0 && this.inFlight === 0) this.wakeIdleWaiters();
  }

  /** A database that hangs answers nobody: those still waiting are told in time. */
  private watchDeadlines(): void {
    if (this.expiry !== null || this.waiting.length === 0) return;
    this.expiry = setTimeout(() => {
      this.expiry = null;
      this.flush();
    }, QUEUE_WAIT_MS / 20);
    this.expiry.unref();
  }

  private wakeIdleWaiters(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const wake of waiters) wake();
  }
}

function refusalOf(error: unknown): unknown {
  const fault = databaseFault(error);
  if (fault === 'taken') return new DomainError('conflict', {}, { cause: error });
  if (fault === 'away' || fault === 'collision') return overloaded(error);
  return error;
}

function overloaded(cause?: unknown): DomainError {
  return new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds }, { cause });
}

function sizeOf(message: NewMessage): number {
  return 512 + message.body.length + (message.preview?.length ?? 0) + message.subject.length + message.deliveries.length * 256;
}

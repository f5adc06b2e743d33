import { blake3 } from 'hash-wasm';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, type Intent, type Ledger } from '../../../support/ledger.js';
import { brief, isComeBackLater, type Outcome, Wire } from './wire.js';

/** A key pair of the server. */
export interface Keys {
  readonly private_key: string;
  readonly public_key: string;
}

/** Who writes to whom: half of the writers sign, the others are anonymous. */
export interface Cast {
  readonly senders: readonly Keys[];
  readonly recipients: readonly Keys[];
}

export async function makeCast(url: string): Promise<Cast> {
  const wire = new Wire(url);
  const make = (count: number): Promise<Keys[]> =>
    Promise.all(Array.from({ length: count }, () => wire.must('GET', '/generate-keypair', {}) as Promise<Keys>));
  const cast = { senders: await make(8), recipients: await make(4) };
  wire.close();
  return cast;
}

/** How one attempt ended, and after what time. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly ms: number;
}

interface Draft {
  readonly intent: Intent;
  readonly body: object;
  readonly headers: Record<string, string>;
}

/** How a writer works. */
interface Habit {
  readonly sender: Keys | null;
  readonly once: boolean;
}

/** Nobody listens: a server that starts needs the processor more than its clients do. */
const PAUSE_AFTER_REFUSAL_MS = 150;
const PAUSE_AFTER_NO_MS = 40;
const SERVED_MS_MAX = 20_000;
const COUNT = 16;

/**
 * Sixteen clients that send one message after the other, whatever happens to the server, and keep
 * the ledger. Half are anonymous. Every second one sends under an Idempotency-Key, repeats until
 * it is answered, and now and then sends two copies at once.
 */
export class Writers {
  /** answers nobody may get; each is a broken promise */
  readonly strange: string[] = [];
  acks = 0;
  /** attempts without a promise, by kind */
  readonly counts = { cut: 0, refused: 0, comeBackLater: 0 };
  /** the longest wait for an answer */
  slowestMs = 0;
  private stopping = false;
  private abandoned = false;
  private next = 0;
  private newestAcked = -1;
  private readonly wires: Wire[] = [];
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly cast: Cast,
    private readonly ledger: Ledger,
    /** rest between two messages of one writer */
    private readonly pauseMs = 4,
  ) {}

  start(): this {
    const habits = Array.from({ length: COUNT }, (_, i): Habit => ({
      sender: i < COUNT / 2 ? this.cast.senders[i % this.cast.senders.length]! : null,
      once: i % 2 === 1,
    }));
    this.work = Promise.all(habits.map((habit) => this.write(habit)));
    return this;
  }

  /** Lets every writer finish its message; those who repeat need a server that answers. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.work;
    for (const wire of this.wires) wire.close();
  }

  /** Each of these is one message of one client on a connection of its own, all sent at the same moment. */
  async burst(count: number): Promise<Attempt[]> {
    const drafts: Draft[] = [];
    for (let i = 0; i < count; i += 1) drafts.push(await this.draft({ sender: this.cast.senders[i % this.cast.senders.length]!, once: false }));
    return Promise.all(drafts.map((draft) => this.attemptTimed(this.wire(), draft)));
  }

  /** Ends them at once, whatever they wait for. */
  abandon(): void {
    this.stopping = this.abandoned = true;
    for (const wire of this.wires) wire.close();
  }

  /** Waits for acknowledgements of messages that were begun after this call. */
  async untilServed(count = 3): Promise<void> {
    const deadlineMs = performance.now() + SERVED_MS_MAX;
    const [first, wanted] = [this.next, this.acks + count];
    while (this.acks < wanted || this.newestAcked < first) {
      if (performance.now() > deadlineMs) throw new Error(`nothing was acknowledged for ${SERVED_MS_MAX} ms`);
      await sleep(2);
    }
  }

  private async write(habit: Habit): Promise<void> {
    const [wire, second] = [this.wire(), this.wire()];
    while (!this.stopping) {
      const draft = await this.draft(habit);
      if (!habit.once) await this.attempt(wire, draft);
      else {
        const copies = randomInt(4) === 0 ? [wire, second] : [wire];
        await Promise.all(copies.map((each) => this.untilAnswered(each, draft)));
      }
      await sleep(randomInt(2 * this.pauseMs + 1));
    }
  }

  private async untilAnswered(wire: Wire, draft: Draft): Promise<void> {
    while (!this.abandoned && !(await this.attempt(wire, draft))) continue;
  }

  private async attemptTimed(wire: Wire, draft: Draft): Promise<Attempt> {
    const begunMs = performance.now();
    const outcome = await wire.ask('POST', '/messages', draft.body, draft.headers);
    const ms = performance.now() - begunMs;
    await this.settle(draft, outcome);
    return { outcome, ms };
  }

  /** @returns whether there was an answer that settles it */
  private async attempt(wire: Wire, draft: Draft): Promise<boolean> {
    const { outcome, ms } = await this.attemptTimed(wire, draft);
    if (outcome.kind === 'answered') this.slowestMs = Math.max(this.slowestMs, ms);
    if (outcome.kind === 'answered' && !isComeBackLater(outcome)) return true;
    await sleep(outcome.kind === 'refused' ? PAUSE_AFTER_REFUSAL_MS : PAUSE_AFTER_NO_MS);
    return false;
  }

  private async settle(draft: Draft, outcome: Outcome): Promise<void> {
    const { n } = draft.intent;
    if (outcome.kind === 'answered' && outcome.status === 200) {
      const { id, message_blake3_digest: digest } = outcome.body?.response ?? {};
      await this.ledger.note({ kind: 'ack', n, id, digest });
      this.acks += 1;
      this.newestAcked = Math.max(this.newestAcked, n);
    } else if (outcome.kind === 'refused') {
      this.counts.refused += 1;
      await this.ledger.note({ kind: 'unsent', n });
    } else if (outcome.kind === 'cut' || isComeBackLater(outcome)) {
      this.counts[outcome.kind === 'cut' ? 'cut' : 'comeBackLater'] += 1;
      await this.ledger.note({ kind: 'unknown', n, why: brief(outcome) });
    } else {
      this.strange.push(`message ${n}: ${brief(outcome)}`);
      await this.ledger.note({ kind: 'denied', n, why: brief(outcome) });
    }
  }

  private async draft({ sender, once }: Habit): Promise<Draft> {
    const n = this.next;
    this.next += 1;
    const to = this.cast.recipients[randomInt(this.cast.recipients.length)]!.public_key;
    const subject = `Nr. ${n} \u{1F98A}`;
    const content = `${n};${randomBytes(usualBytes()).toString('base64')}`;
    const digest = await blake3(content + subject);
    const intent = { n, from: sender?.public_key ?? null, to, once, hash: hashOf(subject, content), digest };
    await this.ledger.note({ kind: 'intent', intent });
    const body = { public_key: to, ...(sender && { private_key: sender.private_key }), message: { subject, content } };
    return { intent, body, headers: once ? { 'Idempotency-Key': randomUUID() } : {} };
  }

  private wire(): Wire {
    const wire = new Wire(this.url);
    this.wires.push(wire);
    return wire;
  }
}

/** Mostly short, sometimes large, so that batches differ. */
const usualBytes = (): number => (randomInt(50) === 0 ? 60_000 : randomInt(600));

/** @returns the number that a content begins with */
export const numberOf = (content: string): number => Number(/^(\d+);/.exec(content)?.[1] ?? Number.NaN);

import { blake3 } from 'hash-wasm';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, type Ledger } from '../../../support/ledger.js';
import { brief, Wire } from './wire.js';
import { type Cast } from './writers.js';

/**
 * Many clients, each on one kept-alive connection, sending at a steady pace until the server is
 * gone. Each request notes whether it was out before the server was told to end.
 */
export class Crowd {
  /** answers nobody may get */
  readonly strange: string[] = [];
  /** requests sent before the end was announced, and left without an answer: broken promises */
  readonly unansweredBefore: string[] = [];
  /** requests sent afterwards and left without an answer, on connections that were being closed */
  unansweredAfter = 0;
  private answered = 0;
  private next = 0;
  private ending = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly cast: Cast,
    private readonly ledger: Ledger,
    private readonly count: number,
  ) {}

  start(): this {
    this.work = Promise.all(Array.from({ length: this.count }, (_, i) => this.send(i)));
    return this;
  }

  /** Waits until every client has been answered on average twice. */
  async warm(): Promise<void> {
    while (this.answered < 2 * this.count) await sleep(5);
  }

  /** Called at the moment before the server is told to end. */
  markEnd(): void {
    this.ending = true;
  }

  /** Waits until the last client has found nobody there. */
  async over(): Promise<void> {
    await this.work;
  }

  private async send(client: number): Promise<void> {
    const wire = new Wire(this.url);
    const sender = this.cast.senders[client % this.cast.senders.length]!;
    const to = this.cast.recipients[client % this.cast.recipients.length]!.public_key;
    for (;;) {
      const n = (this.next += 1);
      const [subject, content] = ['steady', `${n};x`];
      const digest = await blake3(content + subject);
      const intent = { n, from: sender.public_key, to, once: false, hash: hashOf(subject, content), digest };
      await this.ledger.note({ kind: 'intent', intent });
      const isEarly = !this.ending;
      const outcome = await wire.ask('POST', '/messages', { public_key: to, private_key: sender.private_key, message: { subject, content } });
      if (outcome.kind === 'answered' && outcome.status === 200) {
        this.answered += 1;
        const { id, message_blake3_digest } = outcome.body.response;
        await this.ledger.note({ kind: 'ack', n, id, digest: message_blake3_digest });
      } else if (outcome.kind === 'refused') {
        await this.ledger.note({ kind: 'unsent', n });
        break;
      } else if (outcome.kind === 'cut') {
        await this.ledger.note({ kind: 'unknown', n, why: outcome.why });
        if (isEarly) this.unansweredBefore.push(`request ${n}: ${outcome.why}`);
        else this.unansweredAfter += 1;
      } else {
        this.strange.push(`request ${n}: ${brief(outcome)}`);
        break;
      }
      await sleep(client % 8);
    }
    wire.close();
  }
}

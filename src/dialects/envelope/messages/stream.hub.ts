import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Access, type OpenSession } from '../../../core/envelope/access.js';
import { MailboxWatch, type Watcher } from '../../../core/envelope/mailbox-watch.js';
import { SealedMailbox } from '../../../core/envelope/sealed-mailbox.js';
import { Drain } from '../../../http/drain.js';
import { Metrics } from '../../../kernel/metrics.js';
import { messageItem } from './message.render.js';
import { type StreamWriter } from './stream.writer.js';

/** Messages that are read at a time for one stream: bounds what is held for a slow client. */
const PAGE = 50;
const BEAT_MS = 15_000;
/** How soon it is read on after the database was away. */
const AGAIN_MS = 500;
/** How soon a stream ends after its session did, in whichever process. */
const CHECK_MS = 1_000;

interface OpenStream {
  readonly session: OpenSession;
  readonly writer: StreamWriter;
  readonly watcher: Watcher;
  /** what was read last by the place in the order of arrival */
  place: number;
  isReading: boolean;
  isBehind: boolean;
  end: () => void;
}

/** Every open stream of this process: each reads on from its own place, at its own pace. */
@Injectable()
export class StreamHub implements OnModuleDestroy {
  private readonly streams = new Set<OpenStream>();
  private readonly endListening: () => void;
  private timers: NodeJS.Timeout[] = [];
  private isChecking = false;

  constructor(
    @Inject(SealedMailbox) private readonly mailbox: SealedMailbox,
    @Inject(MailboxWatch) private readonly watch: MailboxWatch,
    @Inject(Access) private readonly access: Access,
    @Inject(Drain) drain: Drain,
    @Inject(Metrics) metrics: Metrics,
  ) {
    metrics.gauge('envelope_streams', 'Open event streams', () => this.streams.size);
    this.endListening = access.onEnded((boxId, wireId) => {
      for (const stream of this.streams) if (stream.session.boxId === boxId && stream.session.wireId === wireId) this.close(stream);
    });
    drain.signal.addEventListener('abort', () => this.closeAll(), { once: true });
  }

  /** Begins to send what arrives, and has arrived, behind a place. */
  open(session: OpenSession, writer: StreamWriter, place: number): () => void {
    const stream: OpenStream = {
      session, writer, place, isReading: false, isBehind: false, end: () => undefined,
      watcher: { after: place, wake: (head) => this.wake(stream, head) },
    };
    this.streams.add(stream);
    stream.end = this.watch.add(session.boxId, stream.watcher);
    if (this.timers.length === 0) this.timers = [setInterval(() => this.beat(), BEAT_MS).unref(), setInterval(() => void this.check(), CHECK_MS).unref()];
    return () => this.close(stream);
  }

  onModuleDestroy(): void {
    this.endListening();
    this.closeAll();
  }

  private wake(stream: OpenStream, head: number): void {
    stream.watcher.after = Math.max(stream.watcher.after, head);
    stream.isBehind = true;
    void this.readOn(stream);
  }

  /** One at a time for each stream; what wakes it meanwhile makes it look once more. */
  private async readOn(stream: OpenStream): Promise<void> {
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (stream.isBehind && !stream.writer.closed) {
        stream.isBehind = false;
        const mails = await this.mailbox.page(stream.session.boxId, stream.place, PAGE, false);
        for (const mail of mails) {
          const item = messageItem(mail, stream.session.owner.userId);
          stream.writer.event('message', item.cursor, JSON.stringify(item));
          stream.place = mail.arrival;
        }
        if (mails.length === PAGE) stream.isBehind = true;
        await stream.writer.ready();
      }
    } catch {
      // the database is away: nothing was skipped, and it is read on from the same place
      stream.isBehind = true;
      setTimeout(() => void this.readOn(stream), AGAIN_MS).unref();
    } finally {
      stream.isReading = false;
    }
  }

  private beat(): void {
    for (const { writer } of this.streams) writer.comment('still here');
  }

  private async check(): Promise<void> {
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      await Promise.all([...this.streams].map(async (stream) => {
        if ((await this.access.openSession(stream.session.secretHash)) === null) this.close(stream);
      }));
    } catch {
      // the database is away: the next round looks again
    } finally {
      this.isChecking = false;
    }
  }

  private close(stream: OpenStream): void {
    if (!this.streams.delete(stream)) return;
    stream.end();
    stream.writer.end();
    if (this.streams.size > 0) return;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  private closeAll(): void {
    for (const stream of [...this.streams]) this.close(stream);
  }
}

import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';

/** A message somebody is about to send. Written down before the first byte leaves. */
export interface Intent {
  readonly n: number;
  /** public keys; null: anonymous */
  readonly from: string | null;
  readonly to: string;
  /** sent under an Idempotency-Key, again and again until it is answered */
  readonly once: boolean;
  /** SHA-256 over subject and content */
  readonly hash: string;
  /** what the server must give as its digest */
  readonly digest: string;
}

/** What became of one attempt to send it. */
export type Note =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** the server said that it is stored */
  | { readonly kind: 'ack'; readonly n: number; readonly id: string; readonly digest: string }
  /** no answer, or one that promises nothing: it may be stored once, or not at all */
  | { readonly kind: 'unknown'; readonly n: number; readonly why: string }
  /** the connection was refused: the server never saw it */
  | { readonly kind: 'unsent'; readonly n: number }
  /** the server said no for good */
  | { readonly kind: 'denied'; readonly n: number; readonly why: string }
  /** what was done to the server */
  | { readonly kind: 'fault'; readonly what: string; readonly atMs: number };

/** A message found in the end, read back in full. */
export interface Found {
  /** parsed from its content; NaN where it is none of ours */
  readonly n: number;
  readonly id: string;
  readonly from: string | null;
  readonly to: string;
  readonly hash: string;
  readonly digest: string;
}

/** @returns the fingerprint that intents and found messages are compared by */
export function hashOf(subject: string, content: string): string {
  return createHash('sha256').update(JSON.stringify([subject, content])).digest('hex');
}

/** A file of notes. A note counts once it is on disk; notes that wait together share one flush. */
export class Ledger {
  private waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = [];
  private flushing = false;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<Ledger> {
    return new Ledger(path, await open(path, 'a'));
  }

  /** @returns once the note is on disk */
  note(note: Note): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ line: `${JSON.stringify(note)}\n`, done, failed });
      if (!this.flushing) void this.flush();
    });
  }

  /** @returns all notes, as the file has them */
  async notes(): Promise<Note[]> {
    const lines = (await readFile(this.path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Note);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.file.appendFile(batch.map(({ line }) => line).join(''));
        await this.file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.flushing = false;
  }
}

/** What the ledger promises and the store holds, compared. */
export interface Verdict {
  readonly acked: number;
  readonly unknown: number;
  readonly unknownStored: number;
  readonly unsent: number;
  /** sentences; empty when every promise was kept */
  readonly violations: readonly string[];
}

/**
 * - acknowledged: there exactly once, with the id of every acknowledgement, content and digest unchanged;
 * - unknown: there once, unchanged, or not at all;
 * - refused connection, or denied: not there;
 * - nothing else is there.
 */
export function judge(notes: readonly Note[], found: readonly Found[]): Verdict {
  const intents = new Map<number, Intent>();
  const acks = new Map<number, { id: string; digest: string }[]>();
  const unknown = new Set<number>();
  for (const note of notes) {
    if (note.kind === 'intent') intents.set(note.intent.n, note.intent);
    else if (note.kind === 'ack') acks.set(note.n, [...(acks.get(note.n) ?? []), note]);
    else if (note.kind === 'unknown') unknown.add(note.n);
  }
  const copies = Map.groupBy(found, ({ n }) => n);
  const violations: string[] = [];
  let unsent = 0;
  let unknownStored = 0;
  for (const [n, intent] of intents) {
    const here = copies.get(n) ?? [];
    const told = acks.get(n) ?? [];
    const say = (what: string): number => violations.push(`message ${n}${intent.once ? ' (Idempotency-Key)' : ''}: ${what}`);
    if (told.length > 0) {
      if (new Set(told.map(({ id }) => id)).size > 1) say(`acknowledged under ${told.length} ids`);
      if (told.some(({ digest }) => digest !== intent.digest)) say('acknowledged with another digest');
      if (here.length === 0) say('acknowledged and lost');
      if (here.some(({ id }) => id !== told[0]!.id)) say('stored under another id than acknowledged');
    } else if (unknown.has(n)) {
      unknownStored += Math.min(here.length, 1);
    } else {
      unsent += 1;
      if (here.length > 0) say('never sent, or denied, and stored');
    }
    if (here.length > 1) say(`stored ${here.length} times`);
    for (const copy of here) {
      if (copy.hash !== intent.hash || copy.digest !== intent.digest) say('stored with other content');
      if (copy.to !== intent.to || copy.from !== intent.from) say('stored for other people');
    }
  }
  for (const { n, id } of found) if (!intents.has(n)) violations.push(`message ${id}: nobody sent it`);
  const unknownOnly = [...unknown].filter((n) => !acks.has(n)).length;
  return { acked: acks.size, unknown: unknownOnly, unknownStored, unsent, violations };
}

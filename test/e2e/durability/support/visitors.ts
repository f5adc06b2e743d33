import { setTimeout as sleep } from 'node:timers/promises';
import { type Answered, brief, isComeBackLater, type Outcome, Wire } from './wire.js';
import { type Keys } from './writers.js';

const PAUSE_MS = 15;

/** What is known of a visitor's one message. */
interface Known {
  readonly id: string;
  /** contents it may have now */
  texts: string[];
  /** null: it may be there or not */
  isThere: boolean | null;
}

/**
 * Clients of all other routes. Each sends one message, looks at it from every side, edits and
 * deletes it, and remembers what was acknowledged. In the end none of their messages is left.
 */
export class Visitors {
  /** answers nobody may get; each is a broken promise */
  readonly strange: string[] = [];
  answers = 0;
  comeBackLater = 0;
  slowestMs = 0;
  private stopping = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly count = 3,
  ) {}

  start(): this {
    this.work = Promise.all(Array.from({ length: this.count }, () => this.visit()));
    return this;
  }

  /** Needs a server that answers. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.work;
  }

  private async visit(): Promise<void> {
    const wire = new Wire(this.url);
    const me = (await wire.must('GET', '/generate-keypair', {})) as Keys;
    const friend = (await wire.must('GET', '/generate-keypair', {})) as Keys;
    const [mine, his] = [{ private_key: me.private_key }, { private_key: friend.private_key }];
    const toFriend = { ...mine, public_key: friend.public_key };
    for (let round = 0; !this.stopping; round += 1) {
      await this.ask(wire, 'GET', '/ping', {}, []);
      await this.ask(wire, 'POST', '/identity', { ...mine, public: { name: `n${round}` } });
      await this.ask(wire, 'GET', '/messages', { ...his, pagination_data: { skip: 0, take: -1 } });
      const sent = await this.ask(wire, 'POST', '/messages', { ...toFriend, message: { subject: 's', content: `a${round}` } });
      if (!sent) continue;
      const known: Known = { id: sent.body.response.id, texts: [`a${round}`], isThere: true };
      await this.look(wire, known, `/messages/receiver/${known.id}`, his);
      const change = { ...toFriend, message: { subject: 's', content: `b${round}` } };
      known.texts.push(`b${round}`);
      if (await this.ask(wire, 'PUT', `/messages/${known.id}`, change)) known.texts = [`b${round}`];
      await this.look(wire, known, `/messages/sender/${known.id}`, toFriend);
      known.isThere = null;
      if (await this.ask(wire, 'DELETE', `/messages/receiver/${known.id}`, his)) known.isThere = false;
      await this.look(wire, known, `/messages/receiver/${known.id}`, his);
      await sleep(PAUSE_MS);
    }
    await this.tidy(wire, his);
    wire.close();
  }

  /** What was acknowledged must show, at once and after every fault. */
  private async look(wire: Wire, { texts, isThere }: Known, path: string, keys: object): Promise<void> {
    const answer = await this.ask(wire, 'GET', path, keys, ['message_not_found']);
    if (!answer) return;
    const content: string | undefined = answer.body.response?.message.content;
    if (content === undefined ? isThere === true : isThere === false || !texts.includes(content)) {
      this.strange.push(`${path}: ${content ?? 'not there'} where ${String(isThere)} ${texts.join(' or ')} was acknowledged`);
    }
  }

  private async tidy(wire: Wire, his: object): Promise<void> {
    const { messages } = await wire.must('GET', '/messages', { ...his, pagination_data: { skip: 0, take: -1 } });
    for (const { id } of messages) await wire.must('DELETE', `/messages/receiver/${id}`, his);
  }

  /** @returns the answer; null when there was only a promise to answer later */
  private async ask(wire: Wire, method: string, path: string, body: object, alsoFine: readonly string[] = []): Promise<Answered | null> {
    const begunMs = performance.now();
    const outcome: Outcome = await wire.ask(method, path, body);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begunMs);
    this.answers += 1;
    if (isComeBackLater(outcome)) {
      this.comeBackLater += 1;
      await sleep(PAUSE_MS);
      return null;
    }
    if (outcome.kind === 'answered' && (outcome.status === 200 || alsoFine.includes(outcome.body?.messages?.[0]?.code))) return outcome;
    this.strange.push(`${method} ${path}: ${brief(outcome)}`);
    return null;
  }
}

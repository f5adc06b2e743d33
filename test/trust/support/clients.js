import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf } from './ledger-book.js';
import { brief, Wire } from './wire.js';

const PAUSE_AFTER_REFUSAL_MS = 100;
const PAUSE_AFTER_NO_MS = 60;
/** far beyond any recovery, also on a machine that is at work on other things */
const SERVED_MS_MAX = 90_000;
const LARGE_BYTES = 60_000;

/**
 * Clients that send one message after the other through their dialect, whatever happens to the
 * server, and keep the ledger. Half of each dialect's send under an Idempotency-Key and repeat until
 * they are answered, now and then with a copy at the same time. Some of what was acknowledged is
 * edited or removed. Every second client comes through the proxy.
 */
export class Clients {
  /** answers nobody may get; each is a broken promise */
  strange = [];
  acks = 0;
  counts = { cut: 0, refused: 0, busy: 0, silent: 0 };
  slowestMs = 0;
  #stopping = false;
  #next = 0;
  #newestAcked = -1;
  #wires = [];
  #work = Promise.resolve();

  constructor({ world, casts, urls, book, chance, drivers, paceMs = 2 }) {
    Object.assign(this, { world, casts, urls, book, chance, drivers, paceMs });
  }

  /** @param {number} count clients, shared out evenly among the dialects */
  start(count) {
    const each = this.drivers.map(() => 0);
    this.#work = Promise.all(Array.from({ length: count }, (_, i) => {
      const at = i % this.drivers.length;
      const nth = each[at]++;
      return this.#write(this.drivers[at], nth % 2 === 1, this.urls[Math.floor(nth / 2) % this.urls.length], this.chance.fork(`client ${i}`));
    }));
    return this;
  }

  /** Lets every client finish its message; those who repeat need a server that answers. */
  async stop() {
    this.#stopping = true;
    await this.#work;
    for (const wire of this.#wires) wire.close();
  }

  /** Waits for acknowledgements of messages begun after this call. @returns whether there were some */
  async untilServed(count = 3, withinMs = SERVED_MS_MAX) {
    const deadline = performance.now() + withinMs;
    const [first, wanted] = [this.#next, this.acks + count];
    while (this.acks < wanted || this.#newestAcked < first) {
      if (performance.now() > deadline) return false;
      await sleep(2);
    }
    return true;
  }

  /** Waits for so many acknowledgements in all, as long as there are new ones and time is not up. */
  async untilAcks(count, isUp = () => false) {
    let [seen, deadline] = [this.acks, performance.now() + SERVED_MS_MAX];
    while (this.acks < count && performance.now() < deadline && !isUp(this.acks)) {
      await sleep(2);
      if (this.acks > seen) [seen, deadline] = [this.acks, performance.now() + SERVED_MS_MAX];
    }
  }

  async #write(driver, once, url, chance) {
    const [wire, second] = [this.#wire(url), this.#wire(url)];
    while (!this.#stopping) {
      const mail = await this.#draft(driver, once, chance);
      if (!once) await this.#attempt(wire, driver, mail);
      else {
        const copies = chance.below(5) === 0 && !mail.file ? [wire, second] : [wire];
        await Promise.all(copies.map((each) => this.#untilAnswered(each, driver, mail)));
      }
      if (mail.id !== undefined && chance.below(8) === 0) await this.#change(wire, driver, mail, chance);
      await sleep(chance.below(2 * this.paceMs + 1));
    }
  }

  async #draft(driver, once, chance) {
    const n = this.#next;
    this.#next += 1;
    const people = this.casts.get(driver.name);
    const from = chance.pick(people);
    const to = people[(from.n + 1 + chance.below(people.length - 1)) % people.length];
    const isAnonymous = driver.hidesSender === true || (driver.name === 'keyinbox' && chance.below(3) === 0);
    const text = `${n};${chance.bytes(chance.below(50) === 0 ? (driver.largeBytes ?? LARGE_BYTES) / 2 : chance.below(500)).toString('base64')}`;
    const file = driver.takesFiles && chance.below(12) === 0 ? fileOf(n, chance) : null;
    const mail = { n, from: isAnonymous ? null : from, to, text, file, key: once ? `k${n}-${chance.word(16)}` : null, driver };
    await this.book.note({
      kind: 'intent', n, dialect: driver.name, space: driver.space, once, hash: hashOf(text),
      from: mail.from?.n ?? null, to: to.n, file: file && hashOf(file.bytes),
    });
    return mail;
  }

  async #untilAnswered(wire, driver, mail) {
    while (!(await this.#attempt(wire, driver, mail))) continue;
  }

  /** @returns whether there was an answer that settles it */
  async #attempt(wire, driver, mail) {
    const outcome = await driver.mail((request) => wire.ask(request), mail, this.world);
    const { n } = mail;
    if (outcome.kind === 'refused') {
      this.counts.refused += 1;
      await this.book.note({ kind: 'unsent', n });
      await sleep(PAUSE_AFTER_REFUSAL_MS);
      return false;
    }
    if (outcome.kind !== 'answered' || driver.isBusy(outcome)) {
      this.counts[outcome.kind === 'answered' ? 'busy' : outcome.kind] += 1;
      await this.book.note({ kind: 'unknown', n, why: brief(outcome) });
      await sleep(PAUSE_AFTER_NO_MS);
      return false;
    }
    this.slowestMs = Math.max(this.slowestMs, outcome.ms);
    const sent = driver.sentOf(outcome);
    if (sent) {
      await this.book.note({ kind: 'ok', n, id: sent.id });
      // of copies of one message, one counts
      if (mail.id === undefined) this.acks += 1;
      mail.id = sent.id;
      this.#newestAcked = Math.max(this.#newestAcked, n);
    } else {
      this.strange.push(`${driver.name} message ${n}: ${brief(outcome)}`);
      await this.book.note({ kind: 'no', n, why: brief(outcome) });
    }
    return true;
  }

  /** Edits or removes what was acknowledged, once. */
  async #change(wire, driver, mail, chance) {
    const { n, id, from, to } = mail;
    const edit = driver.editAsk !== null && from !== null && chance.below(2) === 0;
    if (!edit && !driver.removeAsk) return;
    const text = `${n};changed ${chance.word(20)}`;
    const hash = edit ? hashOf(text) : null;
    await this.book.note({ kind: 'changing', n, hash });
    const outcome = await wire.ask(edit ? driver.editAsk({ from, to, id, text }, this.world) : driver.removeAsk({ from, to, id, mail }, this.world));
    if (outcome.kind === 'refused') await this.book.note({ kind: 'unchanged', n, hash });
    else if (outcome.kind !== 'answered' || driver.isBusy(outcome)) await this.book.note({ kind: 'unknown change', n });
    else if (driver.isDone(outcome)) await this.book.note({ kind: 'changed', n, hash });
    else this.strange.push(`${driver.name} change of message ${n}: ${brief(outcome)}`);
  }

  #wire(url) {
    const wire = new Wire(url);
    this.#wires.push(wire);
    return wire;
  }
}

/** A document that is stored byte for byte: pictures would lose what they tell beside their pixels. */
function fileOf(n, chance) {
  const bytes = Buffer.concat([Buffer.from(`%PDF-1.4\n%${n}\n`), chance.bytes(chance.pick([30, 3_000, 90_000])), Buffer.from('\n%%EOF\n')]);
  return { name: `file-${n}.pdf`, type: 'application/pdf', bytes };
}

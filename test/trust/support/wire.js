import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerReader } from './answer-reader.js';

/**
 * How a request ended.
 * - `answered`: status, headers (lower case; of a name given twice, both by comma), bytes, `text`, `json` (undefined where it is none)
 * - `refused`: nobody listened, nothing was sent
 * - `cut`: the connection ended without a whole answer
 * - `silent`: no whole answer in all this time
 * @typedef {{kind: 'answered', status: number, headers: Record<string, string>, bytes: Buffer, text: string, json: any, closes: boolean, ms: number}
 *   | {kind: 'refused', ms: number} | {kind: 'cut', why: string, ms: number} | {kind: 'silent', ms: number}} Outcome
 *
 * A request as drivers write it. A body that is no text and no Buffer goes out as JSON.
 * @typedef {{method: string, path: string, headers?: Record<string, string>, body?: unknown}} Ask
 */

const SILENCE_MS_MAX = 40_000;
const BUSY_TIMES_MAX = 20;
const BUSY_PAUSE_MS = 300;

/** One client with one kept-alive connection, byte by byte; requests follow one another. */
export class Wire {
  #socket = null;
  #reader = null;
  #finish = null;
  #begun = 0;

  constructor(url, { silenceMs = SILENCE_MS_MAX } = {}) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
    this.silenceMs = silenceMs;
  }

  /** @param {Ask} request @returns {Promise<Outcome>} never rejects */
  ask(request) {
    return this.raw(bytesOf(request, `${this.host}:${this.port}`), request.method);
  }

  /**
   * Sends bytes as they are.
   * @param {Buffer} bytes
   * @param {string} method tells whether the answer has a body
   * @returns {Promise<Outcome>} never rejects
   */
  raw(bytes, method = 'GET', silenceMs = this.silenceMs) {
    return new Promise((resolve) => {
      this.#begun = performance.now();
      const silence = setTimeout(() => this.#end({ kind: 'silent' }), silenceMs);
      this.#finish = (outcome) => {
        clearTimeout(silence);
        resolve({ ...outcome, ms: performance.now() - this.#begun });
      };
      this.#reader = new AnswerReader(method);
      if (this.#socket !== null) this.#socket.write(bytes);
      else this.#open(bytes);
    });
  }

  /** Sends more of a request that is on its way. */
  more(bytes) {
    if (this.#socket !== null && !this.#socket.destroyed) this.#socket.write(bytes);
  }

  close() {
    this.#drop();
  }

  #open(bytes) {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    this.#socket = socket;
    let isOpen = false;
    socket.on('connect', () => {
      isOpen = true;
      socket.write(bytes);
    });
    socket.on('data', (chunk) => {
      if (this.#socket !== socket || this.#reader === null) return;
      const problem = this.#reader.take(chunk);
      if (problem) this.#end({ kind: 'cut', why: problem });
      else if (this.#reader.answer) this.#end(this.#reader.answer);
    });
    socket.on('error', (error) => {
      if (this.#socket !== socket) return;
      if (!isOpen && error.code === 'ECONNREFUSED') this.#end({ kind: 'refused' });
      else this.#end({ kind: 'cut', why: error.code ?? error.message });
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      const last = this.#reader?.closed();
      this.#end(last ?? { kind: 'cut', why: 'closed' });
    });
  }

  #end(outcome) {
    const finish = this.#finish;
    this.#finish = null;
    this.#reader = null;
    if (outcome.kind !== 'answered' || outcome.closes) this.#drop();
    finish?.(outcome);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }
}

/** @param {Ask} request @returns {Buffer} the bytes of a request */
export function bytesOf({ method, path, headers = {}, body }, host) {
  let bytes = null;
  let type = null;
  if (body !== undefined) {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    bytes = Buffer.from(isRaw ? body : (JSON.stringify(body) ?? ''));
    if (!isRaw) type = 'application/json';
  }
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  if (type !== null && !names.has('content-type')) head += `Content-Type: ${type}\r\n`;
  if (bytes !== null && !names.has('content-length') && !names.has('transfer-encoding')) head += `Content-Length: ${bytes.length}\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  head += '\r\n';
  return bytes === null ? Buffer.from(head, 'latin1') : Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** Some wires that share the work: each request takes one that is free. */
export class Pool {
  #free;
  #waiting = [];

  /** @param {{silenceMs?: number, isPatient?: boolean}} options isPatient: whoever is told to come again later does */
  constructor(url, count, options = {}) {
    this.isPatient = options.isPatient === true;
    this.all = Array.from({ length: count }, () => new Wire(url, options));
    this.#free = [...this.all];
  }

  /** @param {Ask} request @returns {Promise<Outcome>} */
  async ask(request) {
    for (let times = 0; ; times += 1) {
      const outcome = await this.with((wire) => wire.ask(request));
      if (!this.isPatient || !isBusy(outcome) || times === BUSY_TIMES_MAX) return outcome;
      await sleep(BUSY_PAUSE_MS);
    }
  }

  /** @returns {Promise<any>} the answer of a request that must be answered @throws where it is not */
  async answer(request) {
    const outcome = await this.ask(request);
    if (outcome.kind !== 'answered') throw new Error(`${request.method} ${request.path}: ${brief(outcome)}`);
    return outcome;
  }

  async with(work) {
    const wire = this.#free.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(wire);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(wire);
      else this.#free.push(wire);
    }
  }

  close() {
    for (const wire of this.all) wire.close();
  }
}

/** Told to come again later, as every dialect may on a day of much work. */
export function isBusy(outcome) {
  return outcome.kind === 'answered' && outcome.status === 503 && /^\d+$/.test(outcome.headers['retry-after'] ?? '');
}

/** @param {Outcome} outcome @returns {string} a few words for people */
export function brief(outcome) {
  if (outcome.kind === 'cut') return `cut (${outcome.why})`;
  if (outcome.kind !== 'answered') return outcome.kind;
  return `${outcome.status} ${outcome.text.slice(0, 160)}`;
}

/**
 * Runs work for each of many things, so many at once.
 * @param {(done: number) => boolean} isUp whether to take no more of them
 * @returns {Promise<number>} how many were taken
 */
export async function inParallel(things, atOnce, work, isUp = () => false) {
  const queue = things[Symbol.iterator]();
  let index = 0;
  const one = async () => {
    while (!isUp(index)) {
      const next = queue.next();
      if (next.done) return;
      const at = index;
      index += 1;
      await work(next.value, at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return index;
}

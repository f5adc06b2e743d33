/** Reads one HTTP/1.1 answer from pieces of a connection. */
export class AnswerReader {
  /** the whole answer, once it is there */
  answer = null;
  #method;
  #bytes = Buffer.alloc(0);
  #head = null;

  constructor(method) {
    this.#method = method;
  }

  /** @param {Buffer} chunk @returns {string | null} what cannot be read about it */
  take(chunk) {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#head === null) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const head = headOf(this.#bytes.toString('latin1', 0, end));
      if (head === null) return 'no HTTP answer';
      this.#bytes = this.#bytes.subarray(end + 4);
      // 100 Continue and the like stand before the answer itself
      if (head.status >= 200 || head.status === 101) this.#head = head;
    }
    return this.#body();
  }

  /** The connection is closed. @returns {object | null} the answer, where its end is the end of the connection */
  closed() {
    if (this.#head === null || this.#length() !== 'to the end') return null;
    return this.#made(this.#bytes, true);
  }

  #length() {
    const { status, headers } = this.#head;
    if (this.#method === 'HEAD' || status === 204 || status === 304 || status === 101) return 0;
    if ((headers['transfer-encoding'] ?? '').includes('chunked')) return 'chunked';
    const length = headers['content-length'];
    return length === undefined ? 'to the end' : Number(length);
  }

  #body() {
    const length = this.#length();
    if (length === 'to the end') return null;
    if (length === 'chunked') return this.#chunked();
    if (this.#bytes.length >= length) this.answer = this.#made(this.#bytes.subarray(0, length), this.#bytes.length > length);
    return null;
  }

  #chunked() {
    const parts = [];
    let at = 0;
    for (;;) {
      const end = this.#bytes.indexOf('\r\n', at);
      if (end < 0) return null;
      const size = Number.parseInt(this.#bytes.toString('latin1', at, end), 16);
      if (!(size >= 0)) return 'a chunk without a size';
      const from = end + 2;
      if (this.#bytes.length < from + size + 2) return null;
      if (size === 0) break;
      parts.push(this.#bytes.subarray(from, from + size));
      at = from + size + 2;
    }
    this.answer = this.#made(Buffer.concat(parts), false);
    return null;
  }

  #made(bytes, closes) {
    const { status, headers } = this.#head;
    return new Answer(status, headers, bytes, closes || /close/i.test(headers.connection ?? ''));
  }
}

/** An answer; its text and JSON are read when somebody wants them. */
class Answer {
  kind = 'answered';

  constructor(status, headers, bytes, closes) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.closes = closes;
    const text = lazy(() => bytes.toString('utf8'));
    const json = lazy(() => {
      try {
        return JSON.parse(text());
      } catch {
        return undefined;
      }
    });
    Object.defineProperty(this, 'text', { get: text, enumerable: true });
    Object.defineProperty(this, 'json', { get: json, enumerable: true });
  }
}

function lazy(make) {
  let made = null;
  return () => (made ??= { value: make() }).value;
}

function headOf(text) {
  const lines = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(lines[0])?.[1];
  if (status === undefined) return null;
  const headers = {};
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (colon < 1) return null;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return { status: Number(status), headers };
}

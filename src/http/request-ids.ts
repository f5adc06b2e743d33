import { type IdSource } from '../kernel/id-source.js';

const GIVEN = /^[A-Za-z0-9._-]{1,64}$/;
const BYTES_EACH = 12;
const BYTES_AHEAD = BYTES_EACH * 256;

/** Names requests. Random bytes are drawn ahead, because asking for few costs as much as for many. */
export class RequestIds {
  private pool: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(private readonly ids: IdSource) {}

  /**
   * @param given the client's X-Request-Id
   * @returns it where it is harmless in a header and a log line, else a new one
   */
  idFor(given: string | string[] | undefined): string {
    if (typeof given === 'string' && GIVEN.test(given)) return given;
    if (this.at >= this.pool.length) {
      this.pool = this.ids.bytes(BYTES_AHEAD);
      this.at = 0;
    }
    const id = this.pool.toString('base64url', this.at, this.at + BYTES_EACH);
    this.at += BYTES_EACH;
    return id;
  }
}

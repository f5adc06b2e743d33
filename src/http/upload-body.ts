import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { DomainError } from '../kernel/domain-error.js';

/**
 * The body of a request as a stream of its own, with as much of a request about it as a parser
 * of bodies wants. Ends with an error when too much comes, or when the client goes away.
 */
export class UploadBody extends Transform {
  readonly headers: IncomingHttpHeaders;
  /** where a parser leaves the text fields */
  body = Object.create(null) as Record<string, unknown>;
  private received = 0;

  /**
   * @param request what is read; given back, to whoever wants the rest, by release()
   * @param bytesMax most bytes of the body
   */
  constructor(
    private readonly request: IncomingMessage,
    private readonly bytesMax: number,
  ) {
    super();
    this.headers = request.headers;
    request.on('close', this.onGone).on('error', this.onGone);
    request.pipe(this);
  }

  /** Lets go of the request. Called on every path; calling it again changes nothing. */
  release(): void {
    this.request.unpipe(this);
    this.request.off('close', this.onGone);
    // a listener for its errors stays: one that comes late must not end the process
    this.destroy();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.received += chunk.length;
    if (this.received > this.bytesMax) done(new DomainError('payload_too_large', { limit: this.bytesMax }));
    else done(null, chunk);
  }

  private readonly onGone = (): void => {
    if (!this.request.complete && !this.destroyed) this.destroy(new DomainError('malformed_body'));
  };
}

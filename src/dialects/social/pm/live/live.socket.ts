import { type EventCursor } from '../../../../core/conversations/direct-feed.js';
import { type Id } from '../../../../kernel/id-source.js';
import { limits } from '../../../../kernel/limits.js';
import { type WebSocket } from 'ws';

/** What clients send to learn that somebody is there; it is sent back as it is. */
const HEARTBEAT = '--1a61c1de89b75ddfbb684b8d224ee3ae--';
/** Codes of RFC 6455 that sockets are closed with. */
export const CLOSE = { goingAway: 1001, policy: 1008 } as const;

/** What opened a socket. */
export interface LivePass {
  readonly userId: Id;
  readonly token: string;
  /** when it ends by itself, milliseconds; null where only looking again can tell */
  readonly expiresMs: number | null;
}

/** One client that looks on. */
export class LiveSocket {
  /** how far it has been told of its user's feed */
  cursor: EventCursor;
  /** messages up to this number are passed over while it catches up */
  above = 0;
  /** what was committed before it came is not told, unless it asked for it */
  isKnown: (cursor: EventCursor) => boolean = () => false;
  /** false while it catches up */
  isLive = false;
  /** a ping that is not answered yet */
  private awaitsPong = false;
  private inbound = 0;

  constructor(
    private readonly ws: WebSocket,
    readonly boxId: Id,
    readonly pass: LivePass,
    cursor: EventCursor,
    onClose: (socket: LiveSocket) => void,
  ) {
    this.cursor = cursor;
    ws.on('message', (data: Buffer, isBinary) => this.onMessage(data, isBinary));
    ws.on('pong', () => (this.awaitsPong = false));
    ws.once('close', () => onClose(this));
    // a close follows
    ws.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  /** bytes that the client has not taken yet */
  get backlog(): number {
    return this.ws.bufferedAmount;
  }

  /** Sends a text; a client that does not read is cut off instead. */
  send(text: string): void {
    if (!this.isOpen) return;
    if (this.backlog > limits.live_outgoing_bytes_max) this.ws.terminate();
    else this.ws.send(text);
  }

  /** Once in a while: cuts off a client that is not there any more, and asks the others. */
  check(): void {
    this.inbound = 0;
    if (this.awaitsPong || this.backlog > limits.live_outgoing_bytes_max) {
      this.ws.terminate();
      return;
    }
    this.awaitsPong = true;
    this.ws.ping();
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    this.inbound += 1;
    if (this.inbound > limits.live_inbound_frames_per_minute_max) this.close(CLOSE.policy, 'too many frames');
    else if (!isBinary && data.length === HEARTBEAT.length && data.toString('latin1') === HEARTBEAT) this.send(HEARTBEAT);
  }
}

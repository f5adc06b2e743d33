import { once } from 'node:events';
import { connect } from 'node:net';

/** A WebSocket of PM that counts what it is told, and can stop to listen. */
export class LiveSocket {
  frames = 0;
  bytes = 0;
  closeCode = null;

  constructor(socket) {
    this.socket = socket;
    this.rest = Buffer.alloc(0);
  }

  /** @param {boolean} isDeaf it never reads a byte after the greeting */
  static async open(port, token, { isDeaf = false } = {}) {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const live = new LiveSocket(socket);
    socket.on('error', () => (live.closeCode ??= 'cut'));
    socket.on('close', () => (live.closeCode ??= 'cut'));
    await once(socket, 'connect');
    socket.write(
      `GET /ws/notify?subscribe-user HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: __${token}\r\n\r\n`,
    );
    let head = Buffer.alloc(0);
    while (head.indexOf('\r\n\r\n') < 0) head = Buffer.concat([head, (await once(socket, 'data'))[0]]);
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`not upgraded: ${head.toString('latin1').slice(0, 200)}`);
    if (isDeaf) socket.pause();
    else socket.on('data', (chunk) => live.#take(chunk));
    return live;
  }

  end() {
    this.socket.destroy();
  }

  #take(chunk) {
    this.bytes += chunk.length;
    let bytes = Buffer.concat([this.rest, chunk]);
    for (;;) {
      if (bytes.length < 2) break;
      let length = bytes[1] & 127;
      let at = 2;
      if (length === 126) {
        if (bytes.length < 4) break;
        length = bytes.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (bytes.length < 10) break;
        length = Number(bytes.readBigUInt64BE(2));
        at = 10;
      }
      if (bytes.length < at + length) break;
      this.#frame(bytes[0] & 15, bytes.subarray(at, at + length));
      bytes = bytes.subarray(at + length);
    }
    this.rest = bytes;
  }

  #frame(kind, body) {
    if (kind === 1) this.frames += 1;
    // a close and a ping want an answer, masked as everything from a client
    if (kind === 8) {
      this.closeCode = body.length >= 2 ? body.readUInt16BE(0) : 1005;
      this.socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
    }
    if (kind === 9) this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | body.length, 0, 0, 0, 0]), body]));
  }
}

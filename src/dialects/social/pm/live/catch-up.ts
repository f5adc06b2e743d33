import { setTimeout as sleep } from 'node:timers/promises';
import { type DirectFeed, type EventCursor } from '../../../../core/conversations/direct-feed.js';
import { limits } from '../../../../kernel/limits.js';
import { type LiveFrames } from './live.frames.js';
import { CLOSE, type LiveSocket } from './live.socket.js';

const STEPS = 50;
/** Half of what may wait, so that a client that reads is never cut off. */
const BACKLOG_MAX = limits.live_outgoing_bytes_max / 2;
const PAUSE_MS = 20;
/** A client that takes nothing for this long does not read. */
const PATIENCE_MS = 10_000;

/** Tells a socket what it has missed, at the pace it reads, until it is where all others are. */
export class CatchUp {
  constructor(
    private readonly feed: DirectFeed,
    private readonly frames: LiveFrames,
  ) {}

  /** @param placeOfAll how far the user's feed has been read for the others */
  async run(socket: LiveSocket, placeOfAll: () => EventCursor): Promise<void> {
    try {
      while (socket.isOpen && !socket.isLive) {
        const before = placeOfAll();
        const more = await this.step(socket);
        // everything up to `before` was readable when it was asked for
        if (!more && placeOfAll() === before) socket.isLive = true;
        else await this.untilRead(socket);
      }
    } catch {
      // it comes again and says where it was
      socket.close(CLOSE.goingAway, 'not now');
    }
  }

  private async step(socket: LiveSocket): Promise<boolean> {
    const steps = (await this.feed.after([{ boxId: socket.boxId, cursor: socket.cursor }], STEPS)).get(socket.boxId) ?? [];
    const frames = await this.frames.of(socket.pass.userId, steps);
    steps.forEach(({ cursor }, index) => {
      const frame = frames[index];
      socket.cursor = cursor;
      if (frame && (frame.number === 0 || frame.number > socket.above)) socket.send(frame.text);
    });
    return steps.length === STEPS;
  }

  private async untilRead(socket: LiveSocket): Promise<void> {
    for (let waitedMs = 0; socket.isOpen && socket.backlog > BACKLOG_MAX; waitedMs += PAUSE_MS) {
      if (waitedMs >= PATIENCE_MS) socket.terminate();
      await sleep(PAUSE_MS);
    }
  }
}

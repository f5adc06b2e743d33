import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PmGate } from '../auth/pm.gate.js';
import { type Clock } from '../../../../kernel/clock.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { LiveHub } from './live.hub.js';
import { CLOSE, type LiveSocket } from './live.socket.js';

/** How soon a socket closes after its token was revoked, or ran out. */
const PASSES_MS = 3_000;
/** How often it is asked who is still there. */
const PINGS_MS = 60_000;

/** Closes sockets whose token opens nothing any more, and those that nobody holds at the other end. */
@Injectable()
export class LiveWatch implements OnModuleDestroy {
  private timers: NodeJS.Timeout[] = [];
  private isChecking = false;

  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(PmGate) private readonly gate: PmGate,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins, unless it has. Ends by itself with the last socket. */
  begin(): void {
    if (this.timers.length > 0) return;
    this.timers = [setInterval(() => void this.checkPasses(), PASSES_MS).unref(), setInterval(() => this.checkPresence(), PINGS_MS).unref()];
  }

  onModuleDestroy(): void {
    this.end();
  }

  private end(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  private async checkPasses(): Promise<void> {
    if (this.hub.size === 0) this.end();
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      await Promise.all([...this.hub.sockets()].map((socket) => this.checkPass(socket)));
    } finally {
      this.isChecking = false;
    }
  }

  private async checkPass(socket: LiveSocket): Promise<void> {
    const { userId, token, expiresMs } = socket.pass;
    try {
      const isGood = expiresMs === null ? (await this.gate.open(token)) !== null : expiresMs > this.clock.now();
      const user = isGood ? await this.gate.userOf(userId) : null;
      if (user === null || user.disabledAt !== null) socket.close(CLOSE.policy, 'the token is not valid any more');
    } catch {
      // the database is away: the next round looks again
    }
  }

  private checkPresence(): void {
    for (const socket of this.hub.sockets()) socket.check();
  }
}

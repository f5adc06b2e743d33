import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RemoteOutbox } from '../../../core/cell/remote/remote-outbox.js';
import { RemoteUnits } from '../../../core/cell/remote/remote-units.js';
import { RemotePort } from './remote-port.js';

const PAUSE_MS = 2_000;
/** Where no other server is named, only what was left from before has to come to its end. */
const IDLE_PAUSE_MS = 600_000;

/** Repeats deliveries to other servers until they are settled. */
@Injectable()
export class OutboxWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    @Inject(RemoteOutbox) private readonly outbox: RemoteOutbox,
    @Inject(RemoteUnits) private readonly units: RemoteUnits,
    @Inject(RemotePort) private readonly port: RemotePort,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  /** Rounds until one finds less than it could take. */
  async run(): Promise<void> {
    const silent = new Set<string>();
    let more = true;
    while (more && !this.stopping) ({ mayBeMore: more } = await this.outbox.round(this.port.carry, silent));
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      // a round that fails is followed by the next one
      this.round = this.run()
        .catch(() => undefined)
        .then(() => {
          if (!this.stopping) this.schedule();
        });
    }, this.units.areNamed ? PAUSE_MS : IDLE_PAUSE_MS);
    this.timer.unref();
  }
}

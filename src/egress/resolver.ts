import { lookup } from 'node:dns/promises';

/** Finds the addresses of a name. */
export interface Resolver {
  /**
   * @param host a name, not an address
   * @returns its addresses in the order they are to be tried
   * @throws when there are none
   */
  resolve(host: string): Promise<readonly string[]>;
}

/** Names that wait for the system's resolver hold a thread of Node each, and files and passwords need threads, too. */
const LOOKUPS_AT_ONCE_MAX = 2;

/** The system's resolver, hosts file included. Askers for one name at one time share a look-up; nothing is remembered. */
export class SystemResolver implements Resolver {
  private readonly running = new Map<string, Promise<readonly string[]>>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  /** @param ask looks a name up */
  constructor(private readonly ask: (host: string) => Promise<readonly string[]> = askSystem) {}

  resolve(host: string): Promise<readonly string[]> {
    const running = this.running.get(host);
    if (running) return running;
    const started = this.inTurn(host).finally(() => this.running.delete(host));
    this.running.set(host, started);
    return started;
  }

  private async inTurn(host: string): Promise<readonly string[]> {
    if (this.busy >= LOOKUPS_AT_ONCE_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.busy += 1;
    try {
      return await this.ask(host);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}

async function askSystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

import { type Id } from '../../../kernel/id-source.js';
import { type CellMessage } from '../messages/cell-message.js';

/** A message on its way to one cell on another server. */
export interface RemoteDelivery {
  readonly homeBox: Id;
  readonly message: CellMessage;
  /** address of the cell it goes to */
  readonly to: string;
}

/** How an attempt ended. */
export type RemoteOutcome =
  /** it is in the box there, by this attempt or an earlier one */
  | { readonly kind: 'delivered' }
  /** refused for good, in the words of the other server */
  | { readonly kind: 'answered'; readonly code: number; readonly reason: string }
  /** may still be delivered; `silent`: the server did not answer at all; `untried`: it was not even asked */
  | { readonly kind: 'later'; readonly silent: boolean; readonly untried?: true };

/** Takes a message to the other server, once. @param ms the longest it may take */
export type Carry = (delivery: RemoteDelivery, ms: number) => Promise<RemoteOutcome>;

/** Deliveries under way at a time, for one message or one round. */
const PARALLEL = 8;
const ATTEMPT_MS = 5_000;
const LATER: RemoteOutcome = { kind: 'later', silent: false };
const UNTRIED: RemoteOutcome = { kind: 'later', silent: false, untried: true };

/**
 * Tries each delivery once, eight at a time. What has not begun within the time is left for
 * later, and so is what goes to a server that just did not answer: one dead server must not use
 * up the time of the others.
 *
 * @param totalMs the longest all of it may take
 * @param silent origins of servers that did not answer; grows
 * @param now monotonic, in milliseconds
 * @returns outcomes in the order of the deliveries
 */
export async function tryOnce(
  deliveries: readonly RemoteDelivery[],
  carry: Carry,
  totalMs: number,
  silent = new Set<string>(),
  now: () => number = () => performance.now(),
): Promise<RemoteOutcome[]> {
  const outcomes: RemoteOutcome[] = deliveries.map(() => UNTRIED);
  const deadline = now() + totalMs;
  const queue = deliveries.entries();
  const work = async (): Promise<void> => {
    for (const [at, delivery] of queue) {
      const left = deadline - now();
      const server = new URL(delivery.to).origin;
      if (left <= 0 || silent.has(server)) continue;
      // whatever went wrong on the way may be over the next time
      const outcome = await carry(delivery, Math.min(left, ATTEMPT_MS)).catch(() => LATER);
      if (outcome.kind === 'later' && outcome.silent) silent.add(server);
      outcomes[at] = outcome;
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, deliveries.length) }, work));
  return outcomes;
}

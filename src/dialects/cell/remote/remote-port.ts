import { Inject, Injectable } from '@nestjs/common';
import { type CellMessage, type RemoteResults } from '../../../core/cell/messages/cell-message.js';
import { type Carry, type RemoteDelivery, type RemoteOutcome } from '../../../core/cell/remote/fan-out.js';
import { PeerCalls } from '../../../core/cell/remote/peer-calls.js';
import { RemoteOutbox } from '../../../core/cell/remote/remote-outbox.js';
import { RemoteUnits } from '../../../core/cell/remote/remote-units.js';
import { Drain } from '../../../http/drain.js';
import { type Id } from '../../../kernel/id-source.js';
import { Metrics } from '../../../kernel/metrics.js';
import { CellTokens } from '../tokens/cell-tokens.js';
import { portBody } from './port-body.js';
import { outcomeOf } from './port-reply.js';

const NOTHING_KNOWN: RemoteResults = new Map();

/** Long enough for clocks that differ; a message that comes twice is known by its id. */
const TOKEN_SECONDS = 300;

/** Calls the ports of cells on other servers (CELL-41, 44). */
@Injectable()
export class RemotePort {
  private readonly count: Readonly<Record<RemoteOutcome['kind'], () => void>>;

  constructor(
    @Inject(RemoteUnits) private readonly units: RemoteUnits,
    @Inject(PeerCalls) private readonly calls: PeerCalls,
    @Inject(CellTokens) private readonly tokens: CellTokens,
    @Inject(RemoteOutbox) private readonly outbox: RemoteOutbox,
    @Inject(Drain) private readonly drain: Drain,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.count = {
      delivered: metrics.counter('cell_remote_delivered_total', 'Deliveries to other servers that arrived'),
      answered: metrics.counter('cell_remote_refused_total', 'Deliveries that other servers refused for good'),
      later: metrics.counter('cell_remote_failed_total', 'Attempts to deliver to other servers that will be repeated'),
    };
  }

  /**
   * Takes a message that was just stored to its destinations on other servers, each once. Returns
   * within some ten seconds, at once when the server is to stop, and never fails: what did not
   * arrive is tried again.
   *
   * @param boxId mailbox of the sender
   * @returns the message with what is known by now
   */
  async firstTries(boxId: Id, message: CellMessage): Promise<CellMessage> {
    const remote = message.results.filter(({ to, outcome }) => outcome === 'unreachable' && this.units.unitOf(to) !== null).map(({ to }) => to);
    if (remote.length === 0) return message;
    const results = await beforeEnd(this.outbox.firstTries(boxId, message, remote, this.carry), this.drain.signal, NOTHING_KNOWN);
    return { ...message, results: message.results.map((result) => results.get(result.to) ?? result) };
  }

  /** Takes a message to one cell, with a token that the sending cell makes as itself. */
  readonly carry: Carry = async (delivery, ms) => {
    const outcome = await this.attempt(delivery, ms);
    this.count[outcome.kind]();
    return outcome;
  };

  private async attempt({ message, to }: RemoteDelivery, ms: number): Promise<RemoteOutcome> {
    const unit = this.units.unitOf(to);
    // the operator may have taken the server off the list, and may put it there again
    if (!unit) return { kind: 'later', silent: true };
    const token = await this.tokens.issueAsCell(message.from, to, TOKEN_SECONDS, null);
    return outcomeOf(await this.calls.post(unit, `${to.slice(unit.url.length)}__message/port`, token, portBody(message, to), ms));
  }
}

/** @returns what the work comes to, or `otherwise` when the signal comes first */
async function beforeEnd<T>(work: Promise<T>, end: AbortSignal, otherwise: T): Promise<T> {
  if (end.aborted) return otherwise;
  let stop = (): void => undefined;
  const ended = new Promise<T>((resolve) => {
    stop = () => resolve(otherwise);
    end.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    end.removeEventListener('abort', stop);
  }
}

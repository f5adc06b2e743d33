import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { type Id } from '../../../kernel/id-source.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { type DueDelivery } from '../../../storage/own/cell/outbox.repository.js';
import { Store } from '../../../storage/store.js';
import { type CellMessage, type DeliveryResult } from '../messages/cell-message.js';
import { carriedMessage } from './carried-message.js';
import { type Carry, type RemoteDelivery, type RemoteOutcome, tryOnce } from './fan-out.js';

/** The request that sends waits for the first tries. */
const FIRST_TRIES_MS = 10_000;
const ROUND_MS = 20_000;
/** Whoever takes deliveries has this long; longer than a round. */
const LEASE_MS = 60_000;
const ROUND_SIZE = 64;
const GIVE_UP_MS = 24 * 3_600_000;
const PAUSE_MS_MIN = 15_000;
const PAUSE_MS_MAX = 3_600_000;
/** For what waits behind another delivery to a server that did not answer. */
const UNTRIED_PAUSE_MS = 60_000;
const DELIVERED = 201;

/**
 * Takes messages to other servers: once by the request that sends, then again and again for a
 * day. Each attempt may be the one that arrived although nobody heard of it, so that the other
 * side must know a message by its id: at least once on the way, exactly once in the box.
 */
@Injectable()
export class RemoteOutbox {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Tries what a stored message has for other servers, each destination once. Never fails: what
   * cannot be written down now is tried again.
   *
   * @param homeBox mailbox of the sender
   * @param remote addresses of the destinations on other servers
   * @returns how each of them stands
   */
  async firstTries(homeBox: Id, message: CellMessage, remote: readonly string[], carry: Carry): Promise<ReadonlyMap<string, DeliveryResult>> {
    const deliveries = remote.map((to): RemoteDelivery => ({ homeBox, message, to }));
    const outcomes = await tryOnce(deliveries, carry, FIRST_TRIES_MS);
    await this.note(deliveries, outcomes, message.publishedAt).catch(() => undefined);
    return new Map(deliveries.map(({ to }, at) => [to, resultOf(to, outcomes[at])]));
  }

  /**
   * Tries what is due. Several servers on one database share the work.
   * @param silent origins of servers that did not answer in earlier rounds of this run; grows
   * @returns how many were due; as many as fit into a round means that there may be more
   * @throws DomainError overloaded when the database is away
   */
  async round(carry: Carry, silent = new Set<string>()): Promise<{ due: number; mayBeMore: boolean }> {
    const now = this.clock.now();
    const due = await this.store.run((tx) => tx.own.cell.outbox.take(new Date(now), new Date(now + LEASE_MS), ROUND_SIZE));
    const old = due.filter(({ created_at: at }) => now - at.getTime() > GIVE_UP_MS);
    for (const { home_box: homeBox, wire_id: wireId, url } of old) await this.settle(homeBox, wireId, [{ url, code: null, reason: null }]);
    const deliveries = await this.load(due.filter((one) => !old.includes(one)));
    const outcomes = await tryOnce(deliveries, carry, ROUND_MS, silent);
    for (const [message, indexes] of byMessage(deliveries)) {
      await this.note(indexes.map((at) => deliveries[at]!), indexes.map((at) => outcomes[at]!), message.publishedAt);
    }
    return { due: due.length, mayBeMore: due.length === ROUND_SIZE };
  }

  /** Messages whose sender has removed them still go where they were sent to. */
  private async load(due: readonly DueDelivery[]): Promise<RemoteDelivery[]> {
    const messages = new Map<string, CellMessage | null>();
    const deliveries: RemoteDelivery[] = [];
    for (const { home_box: homeBox, wire_id: wireId, url } of due) {
      const key = `${homeBox} ${wireId}`;
      if (!messages.has(key)) messages.set(key, await this.message(homeBox, wireId));
      const message = messages.get(key);
      if (message) deliveries.push({ homeBox, message, to: url });
    }
    return deliveries;
  }

  private async message(homeBox: Id, wireId: string): Promise<CellMessage | null> {
    const row = await this.store.read((tx) => tx.own.cell.outbox.message(homeBox, wireId));
    return row && carriedMessage(row);
  }

  /** Writes down how attempts for one message ended. */
  private async note(deliveries: readonly RemoteDelivery[], outcomes: readonly RemoteOutcome[], publishedAt: Date): Promise<void> {
    const [first] = deliveries;
    if (!first) return;
    const { homeBox, message } = first;
    const settled = deliveries.flatMap(({ to: url }, at) => settledAs(url, outcomes[at]));
    if (settled.length > 0) await this.settle(homeBox, message.wireId, settled);
    for (const untried of [false, true]) {
      const open = deliveries.filter((_, at) => isOpen(outcomes[at], untried)).map(({ to }) => to);
      if (open.length > 0) await this.postpone(homeBox, message.wireId, open, untried ? UNTRIED_PAUSE_MS : this.pauseAfter(publishedAt));
    }
  }

  private async settle(homeBox: Id, wireId: string, outcomes: readonly { url: string; code: number | null; reason: string | null }[]): Promise<void> {
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const messageId = await tx.own.cell.outbox.settle(homeBox, wireId, outcomes, at);
      if (messageId !== null) await tx.own.cell.copies.purge({ home_box: homeBox, message_id: messageId });
    });
  }

  private async postpone(homeBox: Id, wireId: string, urls: readonly string[], pauseMs: number): Promise<void> {
    const now = this.clock.now();
    await this.store.run((tx) => tx.own.cell.outbox.postpone(homeBox, wireId, urls, new Date(now + pauseMs), new Date(now)));
  }

  /** The pause grows with the age of the message, so that nobody has to count attempts. */
  private pauseAfter(publishedAt: Date): number {
    return Math.min(Math.max(this.clock.now() - publishedAt.getTime(), PAUSE_MS_MIN), PAUSE_MS_MAX);
  }
}

function isOpen(outcome: RemoteOutcome | undefined, untried: boolean): boolean {
  return outcome?.kind === 'later' && (outcome.untried ?? false) === untried;
}

function resultOf(to: string, outcome: RemoteOutcome | undefined): DeliveryResult {
  if (!outcome || outcome.kind === 'later') return { to, outcome: 'unreachable' };
  return outcome.kind === 'delivered' ? { to, outcome: 'delivered' } : { to, outcome: 'answered', code: outcome.code, reason: outcome.reason };
}

function settledAs(url: string, outcome: RemoteOutcome | undefined): { url: string; code: number; reason: string | null }[] {
  if (!outcome || outcome.kind === 'later') return [];
  return outcome.kind === 'delivered' ? [{ url, code: DELIVERED, reason: null }] : [{ url, code: outcome.code, reason: outcome.reason }];
}

function byMessage(deliveries: readonly RemoteDelivery[]): Map<CellMessage, number[]> {
  const groups = new Map<CellMessage, number[]>();
  for (const [at, { message }] of deliveries.entries()) groups.set(message, [...(groups.get(message) ?? []), at]);
  return groups;
}

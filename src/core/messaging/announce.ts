import { type Id, type IdSource } from '../../kernel/id-source.js';
import { type PlaceRow } from '../../storage/repositories/messages.repository.js';
import { type Tx } from '../../storage/tx.js';

/**
 * Writes one event row for each mailbox that sees the change: the given ones and the sender's.
 * In the transaction of the change, so that the feed can neither lie nor miss anything.
 */
export async function announce(
  tx: Tx,
  ids: IdSource,
  change: { place: PlaceRow; boxes: readonly Id[]; space: string; kind: string; at: Date },
): Promise<void> {
  const { place, space, kind, at } = change;
  const boxes = place.sender_id === null ? change.boxes : [...change.boxes, place.sender_id];
  for (const boxId of new Set(boxes)) {
    await tx.events.add({ boxId, id: ids.next(), space, kind, homeBox: place.home_box, messageId: place.id, at });
  }
}

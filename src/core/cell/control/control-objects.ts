import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '../../../crypto/passwords.js';
import { type Clock } from '../../../kernel/clock.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { Store } from '../../../storage/store.js';
import { type Tx } from '../../../storage/tx.js';
import { type ControlKey, type ControlKind, type ControlObject, ControlRefusal, type ControlValues, tiesOf } from './control-object.js';
import { kindStores } from './kinds.js';
import { takenKey } from './taken-key.js';

/** What a new object says, or a changed one. */
export interface ControlChange extends ControlValues {
  /** of accounts, in clear; null: none, or as it was */
  readonly password: string | null;
}

/** Looks at an object before something is done to it, and throws where that must not be. Without effects of its own. */
export type ControlGuard = (found: ControlObject) => void;

/** Accounts, roles, relations, address book and Boxes of a cell. */
@Injectable()
export class ControlObjects {
  constructor(
    @Inject(Store) private readonly store: Store,
    private readonly passwords: Passwords,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws ControlRefusal unknown */
  async one(cellId: Id, key: ControlKey): Promise<ControlObject> {
    const found = await this.store.read((tx) => kindStores[key.kind].find(tx, cellId, key, false));
    if (!found) throw new ControlRefusal('unknown');
    return found;
  }

  /** @returns a page, and how many fit in all where that is asked for */
  list(cellId: Id, kind: ControlKind, query: Query): Promise<{ objects: ControlObject[]; total: number | null }> {
    return this.store.read(async (tx) => ({
      objects: query.top > 0 ? await kindStores[kind].page(tx, cellId, query) : [],
      total: query.count ? await kindStores[kind].count(tx, cellId, query) : null,
    }));
  }

  /** @throws ControlRefusal taken, box_unknown; DomainError overloaded */
  async create(cellId: Id, kind: ControlKind, { password, ...values }: ControlChange): Promise<ControlObject> {
    const passwordHash = password === null ? null : await this.passwords.hash(password);
    const id = this.ids.next();
    const at = new Date(this.clock.now());
    return this.write(async (tx) => {
      await kindStores[kind].add(tx, cellId, id, { ...values, passwordHash }, at);
      return (await kindStores[kind].ofIds(tx, cellId, [id]))[0];
    });
  }

  /**
   * Gives an object other values.
   * @param valuesOf tells them from what it says now
   * @throws ControlRefusal unknown, taken, box_unknown; what the guard throws; DomainError overloaded
   */
  async change(cellId: Id, key: ControlKey, password: string | null, guard: ControlGuard, valuesOf: (now: ControlObject) => ControlValues): Promise<ControlObject> {
    const passwordHash = password === null ? null : await this.passwords.hash(password);
    const at = new Date(this.clock.now());
    const kind = kindStores[key.kind];
    return this.write(async (tx) => {
      const held = await heldFor(tx, cellId, key, guard);
      await kind.change(tx, cellId, held.id, { ...valuesOf(held), passwordHash }, at);
      return (await kind.ofIds(tx, cellId, [held.id]))[0];
    });
  }

  /** Removes an object with all its ties. @throws ControlRefusal unknown, in_use; what the guard throws */
  async remove(cellId: Id, key: ControlKey, guard: ControlGuard): Promise<void> {
    await this.store.run(async (tx) => {
      const { id } = await heldFor(tx, cellId, key, guard);
      const { boxes, grants, links } = tx.own.cell;
      if (key.kind === 'box' && (await boxes.isInUse(cellId, id))) throw new ControlRefusal('in_use');
      for (const { link, side } of tiesOf(key.kind)) await links.removeOf(cellId, link, side, id);
      if (key.kind === 'role') await grants.forgetRole(cellId, id);
      await kindStores[key.kind].remove(tx, cellId, id);
    });
  }

  private async write(work: (tx: Tx) => Promise<ControlObject | undefined>): Promise<ControlObject> {
    try {
      const written = await this.store.run(work);
      if (!written) throw new ControlRefusal('unknown');
      return written;
    } catch (error) {
      if (takenKey(error) !== null) throw new ControlRefusal('taken');
      throw error;
    }
  }
}

async function heldFor(tx: Tx, cellId: Id, key: ControlKey, guard: ControlGuard): Promise<ControlObject> {
  const held = await kindStores[key.kind].find(tx, cellId, key, true);
  if (!held) throw new ControlRefusal('unknown');
  guard(held);
  return held;
}

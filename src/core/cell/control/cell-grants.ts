import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../../kernel/id-source.js';
import { NO_BOX } from '../../../storage/own/cell/bound-names.repository.js';
import { EVERYBODY } from '../../../storage/own/cell/grants.repository.js';
import { Store } from '../../../storage/store.js';
import { type Tx } from '../../../storage/tx.js';
import { type CellPrivilege, isCellPrivilege } from '../access/privileges.js';
import { ControlRefusal } from './control-object.js';

/** A role as grants name it; null stands for everybody. */
export type Grantee = { readonly name: string; readonly boxName: string | null } | null;

/** What somebody may do. */
export interface CellGrant {
  readonly to: Grantee;
  readonly privileges: readonly CellPrivilege[];
}

/** The list of what holders of roles, and everybody, may do in a cell. */
@Injectable()
export class CellGrants {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** @returns the list, everybody first, then roles by age */
  all(cellId: Id): Promise<CellGrant[]> {
    return this.store.read(async (tx) => {
      const rows = await tx.own.cell.grants.all(cellId);
      const roles = new Map((await tx.own.cell.roles.ofIds(cellId, rows.map((row) => row.role_id))).map((role) => [role.id, role]));
      return rows.flatMap(({ role_id: id, privileges }): CellGrant[] => {
        const role = roles.get(id);
        if (!role && id !== EVERYBODY) return [];
        return [{ to: role ? { name: role.name, boxName: role.box_name } : null, privileges: privileges.filter(isCellPrivilege) }];
      });
    });
  }

  /**
   * Puts a list in the place of the one before, whole or not at all.
   * @param grants one role may be named more than once: it gets all of it
   * @throws ControlRefusal role_unknown
   */
  async replace(cellId: Id, grants: readonly CellGrant[]): Promise<void> {
    await this.store.run(async (tx) => {
      const byRole = new Map<Id, Set<string>>();
      for (const { to, privileges } of grants) {
        const roleId = to === null ? EVERYBODY : await roleOf(tx, cellId, to);
        const known = byRole.get(roleId) ?? new Set<string>();
        for (const privilege of privileges) known.add(privilege);
        byRole.set(roleId, known);
      }
      await tx.own.cell.grants.replace(cellId, [...byRole].map(([roleId, privileges]) => ({ roleId, privileges: [...privileges] })));
    });
  }

  /** Grants a role something beside what it has. @throws ControlRefusal role_unknown */
  async add(cellId: Id, to: Exclude<Grantee, null>, privileges: readonly CellPrivilege[]): Promise<void> {
    await this.store.run(async (tx) => tx.own.cell.grants.grant(cellId, await roleOf(tx, cellId, to), privileges));
  }
}

/** Holds the role, so that it does not go while something is granted to it. */
async function roleOf(tx: Tx, cellId: Id, { name, boxName }: Exclude<Grantee, null>): Promise<Id> {
  const boxId = boxName === null ? NO_BOX : (await tx.own.cell.boxes.byName(cellId, boxName))?.id;
  const role = boxId === undefined ? null : await tx.own.cell.roles.hold(cellId, name, boxId);
  if (!role) throw new ControlRefusal('role_unknown', name);
  return role.id;
}

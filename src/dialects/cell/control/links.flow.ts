import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellPrivilege } from '../../../core/cell/access/privileges.js';
import { type ControlKey, tieBetween } from '../../../core/cell/control/control-object.js';
import { ControlTies } from '../../../core/cell/control/control-ties.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellFault, fieldFault } from '../cell.faults.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { entityPathOf, queryStringOf } from '../cell.paths.js';
import { CellUrls } from '../cell.urls.js';
import { type EntityKey, parseEntityRef } from '../odata/entity-path.js';
import { ODataFault } from '../odata/odata.fault.js';
import { checkFormat } from '../odata/query-options.js';
import { type ODataEntity } from '../odata/render.js';
import { controlFaults } from './control.faults.js';
import { controlKeyOf } from './control.parse.js';
import { renderLink, renderObject } from './control.render.js';
import { controlSetOf, type ControlSet } from './sets.js';

/** Where a request about links starts, and where it leads. */
interface Navigation {
  readonly cell: CellPlace;
  readonly from: ControlKey;
  readonly to: ControlSet;
  /** the key after the navigation property */
  readonly toKey: EntityKey | null;
}

/** Ties between objects of a cell (CELL-72). Needed is the privilege for both ends. */
@Injectable()
export class LinksFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(ControlTies) private readonly ties: ControlTies,
  ) {}

  /** @returns the addresses of what is tied to an object */
  async links(request: Request, set: ControlSet): Promise<ODataEntity[]> {
    const { cell, from, to, toKey } = await this.navigation(request, set, 'read');
    if (toKey) throw new CellFault('PR400-OD-0010');
    const objects = await controlFaults(() => this.ties.relatedTo(cell.id, from, to.kind), NO_SOURCE);
    return objects.map((object) => renderLink(to, cell.url, object));
  }

  /** @returns what is tied to an object, whole */
  async related(request: Request, set: ControlSet): Promise<ODataEntity[]> {
    const { cell, from, to, toKey } = await this.navigation(request, set, 'read');
    if (toKey) throw new CellFault('PR404-OD-0003');
    checkFormat(queryStringOf(request));
    const objects = await controlFaults(() => this.ties.relatedTo(cell.id, from, to.kind));
    return objects.map((object) => renderObject(to, cell.url, object));
  }

  async tie(request: Request, set: ControlSet): Promise<void> {
    const { cell, from, to, toKey } = await this.navigation(request, set, 'write');
    if (toKey) throw new CellFault('PR400-OD-0010');
    const other = this.otherOf(jsonBodyOf(request).uri, cell, to);
    await controlFaults(() => this.ties.tie(cell.id, from, other), { ...NO_SOURCE, other_unknown: () => fieldFault('uri') });
  }

  async untie(request: Request, set: ControlSet): Promise<void> {
    const { cell, from, to, toKey } = await this.navigation(request, set, 'write');
    if (!toKey) throw new CellFault('PR400-OD-0011');
    await controlFaults(() => this.ties.untie(cell.id, from, controlKeyOf(to, toKey, this.urls)), NO_SOURCE);
  }

  /**
   * What may be asked of links and is never done: to take away all at once, to let one lead
   * elsewhere, and what no method is for.
   * @throws CellFault PR400-OD-0011, PR501-MC-0001, PR405-MC-0001
   */
  async refuse(request: Request, set: ControlSet): Promise<never> {
    const { method } = request;
    const { toKey } = await this.navigation(request, set, 'write');
    if (method === 'PUT') throw new CellFault('PR501-MC-0001');
    if (method === 'DELETE') throw new CellFault('PR400-OD-0011');
    throw new CellFault('PR405-MC-0001', [], { allow: toKey ? ['DELETE'] : ['GET', 'HEAD', 'POST'] });
  }

  private async navigation(request: Request, set: ControlSet, what: 'read' | 'write'): Promise<Navigation> {
    const { key, navigation } = entityPathOf(request);
    if (!key) throw new ODataFault('PR400-OD-0004');
    const to = navigation?.set.startsWith('_') ? controlSetOf(navigation.set.slice(1)) : null;
    if (!to || !set.navigations.includes(to.name)) {
      await this.gate.cellOf(request);
      throw new CellFault('PR404-OD-0003');
    }
    const needed: readonly CellPrivilege[] = [set[what], to[what]];
    const { cell } = await this.gate.admit(request, ...needed);
    // what is bound to a Box says so itself: there is no link to be made or taken away
    if (what === 'write' && tieBetween(set.kind, to.kind) === null) throw new CellFault('PR405-MC-0001', [], { allow: ['GET', 'HEAD'] });
    return { cell, from: controlKeyOf(set, key, this.urls), to, toKey: navigation?.key ?? null };
  }

  /** @param uri address of an object of this cell, with its key percent-encoded or not */
  private otherOf(uri: unknown, cell: CellPlace, to: ControlSet): ControlKey {
    const ref = typeof uri === 'string' ? this.refOf(uri, cell) : null;
    if (!ref || ref.set !== to.name || !ref.key) throw fieldFault('uri');
    try {
      return controlKeyOf(to, ref.key, this.urls);
    } catch (error) {
      if (error instanceof ODataFault) throw fieldFault('uri');
      throw error;
    }
  }

  private refOf(uri: string, cell: CellPlace) {
    // what stands behind is a key, which must not be rewritten as addresses are
    const start = [cell.url, `personium-localunit:/${cell.name}/`].map((base) => `${base}__ctl/`).find((base) => uri.startsWith(base));
    if (start === undefined) return null;
    try {
      return parseEntityRef(decodeURIComponent(uri.slice(start.length)));
    } catch {
      return null;
    }
  }
}

/** Of links it is the start that is not found, not an entity. */
const NO_SOURCE = { unknown: () => new CellFault('PR404-OD-0000') };

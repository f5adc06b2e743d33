import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type ControlKey, type ControlObject } from '../../../core/cell/control/control-object.js';
import { type ControlGuard, ControlObjects } from '../../../core/cell/control/control-objects.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellFault } from '../cell.faults.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { entityPathOf, queryStringOf } from '../cell.paths.js';
import { CellUrls } from '../cell.urls.js';
import { ODataFault } from '../odata/odata.fault.js';
import { checkFormat, parseListOptions, parseViewOptions } from '../odata/query-options.js';
import { etagOf, matchesEtag, type ODataEntity } from '../odata/render.js';
import { controlFaults } from './control.faults.js';
import { controlKeyOf, parseMerged, parsePassword, parseWhole } from './control.parse.js';
import { renderObject } from './control.render.js';
import { type ControlSet } from './sets.js';

/** An object as it is answered with. */
export interface ObjectAnswer {
  readonly entity: ODataEntity;
  readonly uri: string;
  readonly etag: string;
}

/** Accounts, roles, relations, address book and Boxes: make, list, read, change, remove (CELL-71). */
@Injectable()
export class ObjectsFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(ControlObjects) private readonly objects: ControlObjects,
  ) {}

  async create(request: Request, set: ControlSet): Promise<ObjectAnswer> {
    const { cell } = await this.gate.admit(request, set.write);
    checkFormat(queryStringOf(request));
    const values = parseWhole(set, jsonBodyOf(request), this.urls);
    const password = set.kind === 'account' ? parsePassword(request.headers['x-personium-credential']) : null;
    const made = await controlFaults(() => this.objects.create(cell.id, set.kind, { ...values, password }));
    return answerOf(set, cell, made);
  }

  async list(request: Request, set: ControlSet): Promise<{ entities: ODataEntity[]; total: number | null }> {
    const { cell } = await this.gate.admit(request, set.read);
    const { query, select } = parseListOptions(queryStringOf(request), set.queried);
    const { objects, total } = await this.objects.list(cell.id, set.kind, query);
    return { entities: objects.map((object) => renderObject(set, cell.url, object, select)), total };
  }

  /** @returns `unchanged` when the client knows it already */
  async read(request: Request, set: ControlSet): Promise<ObjectAnswer & { readonly unchanged: boolean }> {
    const { cell } = await this.gate.admit(request, set.read);
    const { select } = parseViewOptions(queryStringOf(request), set.queried);
    const found = await controlFaults(() => this.objects.one(cell.id, this.keyOf(request, set)));
    const answer = answerOf(set, cell, found, select);
    return { ...answer, unchanged: matchesEtag(request.headers['if-none-match'], answer.etag) };
  }

  /**
   * @param how replace: what is left out takes its default (PUT); merge: it stays as it was (MERGE)
   * @returns the new ETag
   */
  async change(request: Request, set: ControlSet, how: 'replace' | 'merge'): Promise<string> {
    const { cell } = await this.gate.admit(request, set.write);
    const key = this.keyOf(request, set);
    const body = jsonBodyOf(request);
    // before anything is looked for: a body that says nothing good is refused whatever it is about
    if (how === 'replace') parseWhole(set, body, this.urls);
    const password = set.kind === 'account' ? parsePassword(request.headers['x-personium-credential']) : null;
    const valuesOf = (now: ControlObject) => parseMerged(set, body, how === 'merge' ? now : null, this.urls);
    return etagOf(await controlFaults(() => this.objects.change(cell.id, key, password, guardOf(request), valuesOf)));
  }

  async remove(request: Request, set: ControlSet): Promise<void> {
    const { cell } = await this.gate.admit(request, set.write);
    await controlFaults(() => this.objects.remove(cell.id, this.keyOf(request, set), guardOf(request)));
  }

  private keyOf(request: Request, set: ControlSet): ControlKey {
    const { key } = entityPathOf(request);
    if (!key) throw new ODataFault('PR400-OD-0004');
    return controlKeyOf(set, key, this.urls);
  }
}

/** Refuses where If-Match names another revision. */
function guardOf(request: Request): ControlGuard {
  const wanted = request.headers['if-match'];
  return (found) => {
    if (wanted !== undefined && !matchesEtag(wanted, etagOf(found))) throw new CellFault('PR412-OD-0002');
  };
}

function answerOf(set: ControlSet, cell: CellPlace, object: ControlObject, select: ReadonlySet<string> | null = null): ObjectAnswer {
  return { entity: renderObject(set, cell.url, object, select), uri: set.uri(cell.url, object), etag: etagOf(object) };
}

import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellInfo, Cells } from '../../../core/cell/control/cells.js';
import { DeleteCell } from '../../../core/cell/control/delete-cell.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellFault, fieldFault } from '../cell.faults.js';
import { CellGate } from '../cell.gate.js';
import { entityPathOf, queryStringOf } from '../cell.paths.js';
import { isCellName } from '../cell.routes.js';
import { CellUrls } from '../cell.urls.js';
import { keyParts } from '../odata/entity-path.js';
import { ODataFault } from '../odata/odata.fault.js';
import { entitySet } from '../odata/properties.js';
import { checkFormat, parseListOptions, parseViewOptions } from '../odata/query-options.js';
import { etagOf, matchesEtag, type ODataEntity, renderEntity, selected } from '../odata/render.js';
import { type ObjectAnswer } from './objects.flow.js';

const QUERIED = entitySet({
  Name: { field: 'name', type: 'text' },
  __published: { field: 'publishedAt', type: 'time' },
  __updated: { field: 'updatedAt', type: 'time' },
});
const MANAGED: ReadonlySet<string> = new Set(['__published', '__updated', '__metadata', '__id']);

/** The cells of the server, for its administrator (CELL-70). */
@Injectable()
export class CellsFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(Cells) private readonly cells: Cells,
    @Inject(DeleteCell) private readonly deletion: DeleteCell,
  ) {}

  async create(request: Request): Promise<ObjectAnswer> {
    this.gate.admitUnitAdmin(request);
    checkFormat(queryStringOf(request));
    const name = nameIn(jsonBodyOf(request));
    try {
      return this.answerOf(await this.cells.create(name));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') throw new CellFault('PR409-OD-0003');
      throw error;
    }
  }

  async list(request: Request): Promise<{ entities: ODataEntity[]; total: number | null }> {
    this.gate.admitUnitAdmin(request);
    const { query, select } = parseListOptions(queryStringOf(request), QUERIED);
    const { cells, total } = await this.cells.list(query);
    return { entities: cells.map((cell) => selected(this.answerOf(cell).entity, select)), total };
  }

  async read(request: Request): Promise<ObjectAnswer & { readonly unchanged: boolean }> {
    this.gate.admitUnitAdmin(request);
    const { select } = parseViewOptions(queryStringOf(request), QUERIED);
    const answer = this.answerOf(await this.found(request));
    return { ...answer, entity: selected(answer.entity, select), unchanged: matchesEtag(request.headers['if-none-match'], answer.etag) };
  }

  async remove(request: Request): Promise<void> {
    this.gate.admitUnitAdmin(request);
    const cell = await this.found(request);
    const wanted = request.headers['if-match'];
    if (wanted !== undefined && !matchesEtag(wanted, this.answerOf(cell).etag)) throw new CellFault('PR412-OD-0002');
    if (!(await this.deletion.execute(cell.id))) throw new CellFault('PR404-OD-0002');
  }

  /** What a cell says of itself to everybody. */
  async self(request: Request): Promise<{ readonly cell: { readonly name: string; readonly url: string } }> {
    const { name, url } = await this.gate.cellOf(request);
    return { cell: { name, url } };
  }

  private async found(request: Request): Promise<CellInfo> {
    const { key } = entityPathOf(request);
    if (!key) throw new ODataFault('PR400-OD-0004');
    const [name] = keyParts(key, ['Name']);
    const cell = isCellName(name ?? '') ? await this.cells.byName(name ?? '') : null;
    if (!cell) throw new CellFault('PR404-OD-0002');
    return cell;
  }

  /** Nothing of a cell itself ever changes. */
  private answerOf({ name, createdAt }: CellInfo): ObjectAnswer {
    const uri = `${this.urls.unitUrl}__ctl/Cell('${name}')`;
    const head = { uri, type: 'UnitCtl.Cell', revision: 1, publishedAt: createdAt, updatedAt: createdAt };
    return { entity: renderEntity(head, { Name: name }), uri, etag: etagOf(head) };
  }
}

function nameIn(body: Readonly<Record<string, unknown>>): string {
  for (const name of Object.keys(body)) {
    if (MANAGED.has(name)) throw new CellFault('PR400-OD-0007', `${name} is management information name. Cannot request.`);
    if (name !== 'Name') throw new CellFault('PR400-OD-0007', `unknown property ${name} for Cell`);
  }
  const { Name: name } = body;
  if (name === undefined || name === null) throw new CellFault('PR400-OD-0009', 'Name');
  if (typeof name !== 'string' || !isCellName(name)) throw fieldFault('Name');
  return name;
}

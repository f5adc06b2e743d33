import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellGrant, CellGrants, type Grantee } from '../../../core/cell/control/cell-grants.js';
import { decodeSegment } from '../../../http/territory.js';
import { bytesOfBody } from '../cell.bodies.js';
import { CellFault } from '../cell.faults.js';
import { CellGate } from '../cell.gate.js';
import { CellUrls } from '../cell.urls.js';
import { controlFaults } from '../control/control.faults.js';
import { BOX_NAME, ROLE_NAME } from '../control/names.js';
import { parseAcl } from './acl.parse.js';
import { renderAcl } from './acl.render.js';

/** Stands where the name of a Box does, for roles that are bound to none. */
const NO_BOX = '__';

/** The list that says what holders of roles may do in a cell (CELL-16). */
@Injectable()
export class AclFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(CellGrants) private readonly grants: CellGrants,
  ) {}

  /** @returns XML */
  async read(request: Request): Promise<string> {
    const { cell } = await this.gate.admit(request, 'acl-read');
    return renderAcl(cell.url, await this.grants.all(cell.id));
  }

  /** Puts the list in the body in the place of the one before. */
  async replace(request: Request): Promise<void> {
    const { cell } = await this.gate.admit(request, 'acl');
    const { base, entries } = parseAcl(bytesOfBody(request));
    const grants = entries.map(({ href, privileges }): CellGrant => ({ to: href === null ? null : this.roleAt(href, base, cell.url), privileges }));
    await controlFaults(() => this.grants.replace(cell.id, grants));
  }

  /**
   * @param href absolute, or relative to base
   * @param base absolute, or relative to the roles of the cell that are bound to no Box
   * @throws CellFault PR400-DV-0004 for what is no role of this cell
   */
  private roleAt(href: string, base: string | null, cellUrl: string): Exclude<Grantee, null> {
    const roles = `${cellUrl}__role/`;
    const from = base === null ? `${roles}${NO_BOX}/` : URL.parse(this.urls.absolute(base) ?? base, `${roles}${NO_BOX}/`)?.href;
    const url = this.urls.absolute(href) ?? URL.parse(href, from)?.href ?? '';
    const [box = '', name = '', ...more] = url.startsWith(roles) ? url.slice(roles.length).split('/').map((part) => decodeSegment(part) ?? '') : [];
    if (more.join('') !== '' || !ROLE_NAME.test(name) || (box !== NO_BOX && !BOX_NAME.test(box))) throw new CellFault('PR400-DV-0004', href);
    return { name, boxName: box === NO_BOX ? null : box };
  }
}

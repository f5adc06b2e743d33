import { All, Controller, Get, Inject, Next, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { type NextFunction, type Request, type Response } from 'express';
import { DomainError } from '../../kernel/domain-error.js';
import { CellDocs, Docs } from './cell.docs.js';
import { CellFault } from './cell.faults.js';
import { CellGate } from './cell.gate.js';
import { controlAddressOf } from './cell.paths.js';
import { methodsOfPath, ownsPath } from './cell.routes.js';
import { CellKeysDto } from './dto/control.dto.js';
import { CellTokens } from './tokens/cell-tokens.js';

/** Addresses that are not about the objects of a cell. */
@CellDocs()
@Controller()
export class CellController {
  constructor(@Inject(CellTokens) private readonly tokens: CellTokens) {}

  @Get('.well-known/polypost-cell')
  @Docs({ summary: 'Read the keys that sign tokens', description: 'For other servers that take messages from cells of this one.', token: false, cell: false, response: CellKeysDto })
  keys(@Res() response: Response): void {
    response.setHeader('Cache-Control', 'public, max-age=300');
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(this.tokens.publicKeys()));
  }
}

/**
 * What no other controller of cells took. Its patterns match addresses of other dialects too, whose
 * controllers may stand behind it: those it lets pass.
 */
@Controller()
export class CellFallbackController {
  constructor(@Inject(CellGate) private readonly gate: CellGate) {}

  /** @throws CellFault always, on paths of cells: what is not here, a wrong method, or a cell that is not there */
  @All(['__ctl/*rest', '__ctl', ':cell', ':cell/*rest'])
  @ApiExcludeEndpoint()
  async nothing(@Req() request: Request, @Next() next: NextFunction): Promise<void> {
    if (!ownsPath(request.path)) return next();
    const address = controlAddressOf(request);
    if (!/^\/__ctl(?:\/|$)/.test(request.path)) await this.gate.cellOf(request);
    if (address?.fault) throw address.fault;
    const methods = methodsOfPath(request.path);
    if (methods.length > 0) throw new DomainError('method_not_allowed', { allow: methods.map((method) => (method === 'PATCH' ? 'MERGE' : method)) });
    if (address?.path) throw new CellFault(address.path.navigation ? 'PR404-OD-0003' : 'PR404-OD-0001');
    throw new CellFault('PR404-MC-0001');
  }
}

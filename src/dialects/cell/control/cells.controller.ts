import { Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { CellObjectAnswerDto, CellObjectsAnswerDto, CellSelfDto, NewCellDto } from '../dto/control.dto.js';
import { sendEntity, sendList, sendNothing } from '../odata/render.js';
import { CellsFlow } from './cells.flow.js';

const KEY = { description: 'Names a cell.', example: "'ada'" };
const ADMINISTRATOR = 'For the administrator of the server.';

/** The cells of the server. */
@CellDocs()
@Controller()
export class CellsController {
  constructor(@Inject(CellsFlow) private readonly cells: CellsFlow) {}

  @Post('__ctl/Cell')
  @HttpCode(201)
  @Docs({ summary: 'Make a cell', description: ADMINISTRATOR, cell: false, body: NewCellDto, status: 201, response: CellObjectAnswerDto })
  async create(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { entity, uri, etag } = await this.cells.create(request);
    sendEntity(response, 201, entity, { location: uri, etag });
  }

  @Get('__ctl/Cell')
  @Docs({ summary: 'List cells', description: ADMINISTRATOR, cell: false, listed: true, response: CellObjectsAnswerDto })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { entities, total } = await this.cells.list(request);
    sendList(response, entities, total);
  }

  @Get('__ctl/Cell\\(:key\\)')
  @Docs({ summary: 'Read a cell', description: ADMINISTRATOR, cell: false, key: KEY, response: CellObjectAnswerDto })
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { entity, etag, unchanged } = await this.cells.read(request);
    if (unchanged) sendNothing(response, 304, { etag });
    else sendEntity(response, 200, entity, { etag });
  }

  @Delete('__ctl/Cell\\(:key\\)')
  @HttpCode(204)
  @Docs({ summary: 'Delete a cell with everything in it', description: `${ADMINISTRATOR} What other cells have received from it stays theirs.`, cell: false, key: KEY, status: 204 })
  async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.cells.remove(request);
    sendNothing(response);
  }

  @Get(':cell')
  @Docs({ summary: 'See whether there is a cell', token: false, response: CellSelfDto })
  self(@Req() request: Request): Promise<{ readonly cell: { readonly name: string; readonly url: string } }> {
    return this.cells.self(request);
  }
}

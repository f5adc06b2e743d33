import { Controller, Get, Inject, Req, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { Caller, type PmCaller } from '../auth/caller.js';
import { PmGuard } from '../auth/pm.guard.js';
import { UserPageDto } from '../dto/users.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { type PmPage } from '../pm.pages.js';
import { MayWrite } from './may-write.js';
import { RelationsFlow } from './relations.flow.js';
import { type PmUser } from './user.render.js';

/** Finds those whom the caller may write to. */
@PmDocs()
@Controller('api/v2/pm/search')
export class SearchController {
  constructor(
    @Inject(RelationsFlow) private readonly relations: RelationsFlow,
    @Inject(MayWrite) private readonly mayWrite: MayWrite,
  ) {}

  @Get()
  @UseGuards(PmGuard)
  @Docs({
    summary: 'Find recipients',
    description: 'Users who follow the caller and whose username or name holds the text; for staff all users.',
    query: [{ name: 'user', description: 'Part of a username or name, in any letter case. Nothing finds nobody.' }],
    paged: true,
    response: UserPageDto,
  })
  search(@Caller() caller: PmCaller, @Req() request: Request): Promise<PmPage<PmUser>> {
    return this.relations.search(caller, request, this.mayWrite.toAll(caller));
  }
}

import { All, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Put, Req, Res, type Type } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { CONTROL_SETS } from '../cell.routes.js';
import {
  CellLinksAnswerDto, CellObjectAnswerDto, CellObjectsAnswerDto, LinkTargetDto, NewAccountDto, NewBoundNameDto, NewBoxDto, NewExtCellDto,
} from '../dto/control.dto.js';
import { sendEntity, sendList, sendNothing } from '../odata/render.js';
import { LinksFlow } from './links.flow.js';
import { ObjectsFlow } from './objects.flow.js';
import { type ControlSetName, controlSets } from './sets.js';

/** What the description of the API says of a set. */
const DESCRIBED: Readonly<Record<ControlSetName, { readonly what: string; readonly body: Type<unknown>; readonly key: string }>> = {
  Account: { what: 'an account', body: NewAccountDto, key: "'ann'" },
  Role: { what: 'a role', body: NewBoundNameDto, key: "Name='reader',_Box.Name=null" },
  Relation: { what: 'a relation', body: NewBoundNameDto, key: "Name='friend',_Box.Name=null" },
  ExtCell: { what: 'an entry of the address book', body: NewExtCellDto, key: "'https://post.example/ben/'" },
  Box: { what: 'a Box', body: NewBoxDto, key: "'board'" },
};
const OTHER = { name: 'other', description: 'The key of what it is linked with.', example: "Name='reader',_Box.Name=null" };
const PASSWORD_HEADER = [{ name: 'X-Personium-Credential', description: 'The password: 6 to 32 printable characters.' }];

/** Makes the controller of one set: its routes are the same for all sets, its addresses are not. */
function controllerOf(name: ControlSetName): Type<unknown> {
  const set = controlSets[name];
  const { what, body, key: example } = DESCRIBED[name];
  const key = { description: `Names ${what}.`, example };
  const headers = name === 'Account' ? PASSWORD_HEADER : [];
  const needs = (privilege: string): string => `Needs the privilege \`${privilege}\`.`;
  const others = set.navigations.map((other) => `_${other}`);
  const navigation = { name: 'navigation', description: `One of ${others.join(', ')}.`, example: others[0] ?? '' };
  const both = 'Needs the privileges of both ends.';

  @CellDocs()
  @Controller(':cell/__ctl')
  class ControlController {
    constructor(
      @Inject(ObjectsFlow) readonly objects: ObjectsFlow,
      @Inject(LinksFlow) readonly links: LinksFlow,
    ) {}

    @Post(name)
    @HttpCode(201)
    @Docs({ summary: `Make ${what}`, description: needs(set.write), body, headers, status: 201, response: CellObjectAnswerDto })
    async create(@Req() request: Request, @Res() response: Response): Promise<void> {
      const { entity, uri, etag } = await this.objects.create(request, set);
      sendEntity(response, 201, entity, { location: uri, etag });
    }

    @Get(name)
    @Docs({ summary: `List the set ${name}`, description: needs(set.read), listed: true, response: CellObjectsAnswerDto })
    async list(@Req() request: Request, @Res() response: Response): Promise<void> {
      const { entities, total } = await this.objects.list(request, set);
      sendList(response, entities, total);
    }

    @Get(`${name}\\(:key\\)`)
    @Docs({ summary: `Read ${what}`, description: needs(set.read), key, response: CellObjectAnswerDto })
    async read(@Req() request: Request, @Res() response: Response): Promise<void> {
      const { entity, etag, unchanged } = await this.objects.read(request, set);
      if (unchanged) sendNothing(response, 304, { etag });
      else sendEntity(response, 200, entity, { etag });
    }

    @Put(`${name}\\(:key\\)`)
    @HttpCode(204)
    @Docs({ summary: `Replace ${what}`, description: needs(set.write), key, body, headers, status: 204 })
    async replace(@Req() request: Request, @Res() response: Response): Promise<void> {
      sendNothing(response, 204, { etag: await this.objects.change(request, set, 'replace') });
    }

    @Patch(`${name}\\(:key\\)`)
    @HttpCode(204)
    @Docs({ summary: `Change ${what}`, description: `${needs(set.write)} The method is MERGE in clients of this API; PATCH is the same.`, key, body, headers, status: 204 })
    async merge(@Req() request: Request, @Res() response: Response): Promise<void> {
      sendNothing(response, 204, { etag: await this.objects.change(request, set, 'merge') });
    }

    @Delete(`${name}\\(:key\\)`)
    @HttpCode(204)
    @Docs({ summary: `Remove ${what}`, description: needs(set.write), key, status: 204 })
    async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
      await this.objects.remove(request, set);
      sendNothing(response);
    }

    @Get(`${name}\\(:key\\)/\\$links/:navigation`)
    @Docs({ summary: `List links of ${what}`, description: both, key, params: [navigation], response: CellLinksAnswerDto })
    async listLinks(@Req() request: Request, @Res() response: Response): Promise<void> {
      sendList(response, await this.links.links(request, set));
    }

    @Post(`${name}\\(:key\\)/\\$links/:navigation`)
    @HttpCode(204)
    @Docs({ summary: `Link ${what} with something`, description: both, key, params: [navigation], body: LinkTargetDto, status: 204 })
    async link(@Req() request: Request, @Res() response: Response): Promise<void> {
      await this.links.tie(request, set);
      sendNothing(response);
    }

    @Delete(`${name}\\(:key\\)/\\$links/:navigation\\(:other\\)`)
    @HttpCode(204)
    @Docs({ summary: `Take a link of ${what} away`, description: both, key, params: [navigation, OTHER], status: 204 })
    async unlink(@Req() request: Request, @Res() response: Response): Promise<void> {
      await this.links.untie(request, set);
      sendNothing(response);
    }

    /** The rest of what may be asked of links is refused, each for its own reason. */
    @All([`${name}\\(:key\\)/\\$links/:navigation`, `${name}\\(:key\\)/\\$links/:navigation\\(:other\\)`])
    @ApiExcludeEndpoint()
    async refuseLinks(@Req() request: Request): Promise<void> {
      await this.links.refuse(request, set);
    }

    @Get(`${name}\\(:key\\)/:navigation`)
    @Docs({ summary: `List what is linked with ${what}`, description: both, key, params: [navigation], response: CellObjectsAnswerDto })
    async related(@Req() request: Request, @Res() response: Response): Promise<void> {
      sendList(response, await this.links.related(request, set));
    }
  }
  Object.defineProperty(ControlController, 'name', { value: `${name}Controller` });
  return ControlController;
}

/** One controller for each set. */
export const controlControllers: readonly Type<unknown>[] = CONTROL_SETS.map(controllerOf);

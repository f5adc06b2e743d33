import { Controller, Get, HttpCode, Inject, Put, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { AclFlow } from './acl.flow.js';

const EXAMPLE =
  '<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns"><D:ace><D:principal><D:href>reader</D:href></D:principal>' +
  '<D:grant><D:privilege><p:message-read/></D:privilege></D:grant></D:ace></D:acl>';

/** What holders of roles may do. On the wire the method is ACL, on the cell itself. */
@CellDocs()
@Controller(':cell')
export class AclController {
  constructor(@Inject(AclFlow) private readonly acl: AclFlow) {}

  @Get('__acl')
  @Docs({ summary: 'Read the list of privileges', description: 'Needs the privilege `acl-read`. The answer is XML.' })
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    const xml = Buffer.from(await this.acl.read(request), 'utf8');
    response.setHeader('Content-Type', 'application/xml; charset=utf-8');
    response.setHeader('Content-Length', xml.length);
    response.end(xml);
  }

  @Put('__acl')
  @HttpCode(200)
  @Docs({
    summary: 'Replace the list of privileges',
    description: 'Needs the privilege `acl`. In clients of this API the method is ACL, on `/{cell}/`; this is the same.',
    consumes: 'application/xml',
    bodyExample: EXAMPLE,
  })
  async replace(@Req() request: Request): Promise<void> {
    await this.acl.replace(request);
  }
}

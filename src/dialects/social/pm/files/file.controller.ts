import { applyDecorators, Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { FileCapability } from '../../../../core/attachments/file-capability.js';
import { type FileRole, MessageFiles } from '../../../../core/pm/message-files.js';
import { serveFile } from '../../../../http/file-response.js';
import { BlobStore } from '../../../../kernel/blob-store.js';
import { ErrorsDto } from '../dto/common.dto.js';
import { PmDocs } from '../pm.docs.js';
import { notFound } from '../pm.faults.js';
import { targetOf } from './links.js';

/** Browsers ask each time whether it is still there: a withdrawn file is gone at once. */
const CACHE_CONTROL = 'private, no-cache';

/** Both addresses come ready-made with the messages. */
function FileDocs(summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, description: 'The address stands in the message, signed; it opens without a token.' }),
    ApiParam({ name: 'uuid', type: String }),
    ApiQuery({ name: 'e', type: String, description: 'When the address ends.' }),
    ApiQuery({ name: 's', type: String, description: 'The signature.' }),
    ApiProduces('application/octet-stream'),
    ApiResponse({ status: 200, description: 'The bytes; 206 for a range of them.' }),
    ApiResponse({ status: 404, type: ErrorsDto, description: 'A wrong address, an old one, or a file that is gone.' }),
  );
}

/** Files, opened by their signed address alone: no token is asked for. */
@PmDocs()
@Controller('api/v2/pm/file')
export class FileController {
  constructor(
    @Inject(FileCapability) private readonly capability: FileCapability,
    @Inject(MessageFiles) private readonly files: MessageFiles,
    @Inject(BlobStore) private readonly blobs: BlobStore,
  ) {}

  @Get(':uuid')
  @FileDocs('Fetch a file')
  file(@Param('uuid') uuid: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.serve(uuid, 'file', request, response);
  }

  @Get(':uuid/thumbnail')
  @FileDocs('Fetch the small picture of a file')
  thumbnail(@Param('uuid') uuid: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.serve(uuid, 'thumbnail', request, response);
  }

  /** @throws PmFault 404, the same for a wrong address, an old one, and a file that is gone */
  private async serve(uuid: string, role: FileRole, request: Request, response: Response): Promise<void> {
    const file = this.capability.opens(targetOf(uuid, role), request.query) ? await this.files.find(uuid, role) : null;
    if (file === null) throw notFound();
    const { storageKey, name, mediaType, byteSize, sha256 } = file;
    await serveFile(request, response, this.blobs, {
      key: storageKey, name, mediaType, size: byteSize, sha256, disposition: 'attachment', cacheControl: CACHE_CONTROL, embeddable: true,
    });
  }
}

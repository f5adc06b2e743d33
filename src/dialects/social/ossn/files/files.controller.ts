import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { serveFile } from '../../../../http/file-response.js';
import { BlobStore } from '../../../../kernel/blob-store.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { OssnDocs } from '../ossn.docs.js';
import { ICON_SIZES, type IconSize } from '../ossn.icons.js';
import { DEFAULT_PICTURES } from './default-pictures.js';
import { FileAccess } from './file-access.js';
import { kindOf } from './file-names.js';

const PICTURE_MAX_AGE_SECONDS = 30 * 24 * 60 * 60;
const SHOWN_INLINE = /^(?:image\/|application\/pdf$)/;

/** The files of messages and the pictures of users. */
@OssnDocs()
@Controller()
export class OssnFilesController {
  constructor(
    @Inject(FileAccess) private readonly access: FileAccess,
    @Inject(BlobStore) private readonly blobs: BlobStore,
  ) {}

  @Get(['messages/attachment/:guid', 'messages/attachment/:guid/:name', 'messages_attachment_view/:guid', 'messages_attachment_view/:guid/:name'])
  @ApiOperation({
    summary: 'Fetch the file of a message',
    description: 'Take `attachment_url` as it is; its signature opens the file until it expires, and every list gives a new one. Without it, the session of a participant or a key entitled to him is needed. Unknown, deleted, expired and not allowed look the same.',
  })
  @ApiParam({ name: 'guid', type: String, description: 'attachment_guid', example: '612' })
  @ApiParam({ name: 'name', type: String, required: false, description: 'Not checked.', example: 'offer.pdf' })
  @ApiQuery({ name: 'e', required: false, description: 'Expiry, Unix seconds.' })
  @ApiQuery({ name: 's', required: false, description: 'Signature.' })
  @ApiQuery({ name: 'api_key_token', required: false, description: 'An API key. Also: `Authorization: Bearer <key>`.' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'The file.', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 404, description: 'Nothing for this request.' })
  async attachment(@Param('guid') guid: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const opened = await this.access.open(guid, request);
    if (opened === null || kindOf(opened.attachment) === null) throw new DomainError('message_not_found');
    const { attachment, bySignature } = opened;
    await serveFile(request, response, this.blobs, {
      key: attachment.storageKey,
      name: attachment.name,
      mediaType: attachment.mediaType,
      size: attachment.byteSize,
      sha256: attachment.sha256,
      disposition: SHOWN_INLINE.test(attachment.mediaType) ? 'inline' : 'attachment',
      cacheControl: 'private',
      embeddable: bySignature && attachment.mediaType.startsWith('image/'),
    });
  }

  @Get(['avatar/:username/:size', 'avatar/:username/:size/:name'])
  @ApiOperation({ summary: 'The picture of a user', description: 'The same grey outline for everybody, known or not.' })
  @ApiParam({ name: 'username', type: String, example: 'inesroth' })
  @ApiParam({ name: 'size', enum: Object.keys(ICON_SIZES), example: 'small' })
  @ApiParam({ name: 'name', type: String, required: false, description: 'Not checked.', example: '5b2f8a0c93d1e64f7a1b0c2d3e4f5a6b.jpeg' })
  @ApiProduces('image/jpeg')
  @ApiResponse({ status: 200, description: 'The picture.', schema: { type: 'string', format: 'binary' } })
  avatar(@Param('size') size: string, @Res() response: Response): void {
    if (!Object.hasOwn(DEFAULT_PICTURES, size)) throw new DomainError('route_not_found');
    response
      .status(200)
      .set({
        'Content-Type': 'image/jpeg',
        'Cache-Control': `public, max-age=${PICTURE_MAX_AGE_SECONDS}`,
        'Cross-Origin-Resource-Policy': 'cross-origin',
      })
      .end(DEFAULT_PICTURES[size as IconSize]);
  }
}

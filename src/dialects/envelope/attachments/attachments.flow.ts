import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { type OpenSession } from '../../../core/envelope/access.js';
import { SealedFiles } from '../../../core/envelope/sealed-files.js';
import { serveFile } from '../../../http/file-response.js';
import { isMultipart, type UploadRules, withUpload } from '../../../http/uploads.js';
import { BlobStore } from '../../../kernel/blob-store.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { EnvelopeVariables } from '../envelope.config.js';
import { EnvelopeFault, malformed, notFound } from '../envelope.faults.js';
import { EnvelopeGate } from '../envelope.gate.js';

const FILE_ID = /^[a-z2-7]{26}$/;
const OVERHEAD_BYTES = 64 * 1024;
const SESSION = /^bearer /i;

export interface AttachmentAnswer {
  readonly attachment_id: string;
  readonly size: number;
  /** hex */
  readonly sha256: string;
}

/** Attachments: ciphertext that is brought before the message with its key. What it is, nobody here can tell. */
@Injectable()
export class AttachmentsFlow {
  private readonly variables: Readonly<EnvelopeVariables>;
  private readonly rules: UploadRules;

  constructor(
    @Inject(Config) config: Config,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(SealedFiles) private readonly files: SealedFiles,
    @Inject(BlobStore) private readonly blobs: BlobStore,
  ) {
    this.variables = config.section(EnvelopeVariables);
    const { ENVELOPE_ATTACHMENT_MAX: bytes } = this.variables;
    this.rules = { files: ['file'], fileBytesMax: bytes, bodyBytesMax: bytes + OVERHEAD_BYTES, filesMax: 1, fieldsMax: 4, fieldBytesMax: 1024 };
  }

  /** @throws EnvelopeFault bad_token, malformed_request, unsupported_media_type; DomainError unauthenticated, payload_too_large, quota_exceeded */
  async take(request: Request): Promise<AttachmentAnswer> {
    // before anything is read: whoever may not bring files fills no disk
    const boxId = await this.recipient(request);
    if (!isMultipart(request)) throw new EnvelopeFault('unsupported_media_type');
    return withUpload(request, this.blobs, this.rules, async ({ files }) => {
      const file = files.get('file');
      if (!file || file.blob.size === 0) throw malformed();
      const { fileId, size, sha256 } = await this.files.take(boxId, file.blob, this.variables.ENVELOPE_MAILBOX_BYTES);
      return { attachment_id: fileId, size, sha256: sha256.toString('hex') };
    });
  }

  /** @throws EnvelopeFault not_found */
  async serve({ boxId }: OpenSession, id: string, request: Request, response: Response): Promise<void> {
    const file = FILE_ID.test(id) ? await this.files.find(boxId, id) : null;
    if (!file) throw notFound();
    const { storageKey: key, size, sha256 } = file;
    await serveFile(request, response, this.blobs, {
      key, name: `${id}.bin`, mediaType: 'application/octet-stream', size, sha256, disposition: 'attachment', cacheControl: 'private, no-store', embeddable: true,
    });
  }

  /** @throws EnvelopeFault not_found */
  async remove({ boxId }: OpenSession, id: string): Promise<void> {
    if (!FILE_ID.test(id) || !(await this.files.remove(boxId, id))) throw notFound();
  }

  private async recipient(request: Request): Promise<string> {
    if (SESSION.test(request.headers.authorization ?? '')) return (await this.gate.session(request)).boxId;
    if (request.headers.authorization === undefined) throw new DomainError('unauthenticated');
    const token = await this.gate.token(request);
    if (!token?.scopes.includes('attach')) throw new EnvelopeFault('bad_token');
    return token.boxId;
  }
}

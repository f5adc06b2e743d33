import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { FinishUpload } from '../../../../core/pm/finish-upload.js';
import { TakeUpload } from '../../../../core/pm/take-upload.js';
import { TakeUploadPart } from '../../../../core/pm/take-upload-part.js';
import { type ReceivedFile } from '../../../../http/upload-session.js';
import { isMultipart, type Upload, type UploadRules, withUpload } from '../../../../http/uploads.js';
import { BlobStore } from '../../../../kernel/blob-store.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { type Id } from '../../../../kernel/id-source.js';
import { PmVariables } from '../pm.config.js';
import { fieldFault, PmFault } from '../pm.faults.js';
import { bodyOf } from '../pm.query.js';
import { fileName } from './file-names.js';
import { PmFileLinks } from './links.js';
import { PARTS_MAX, UploadFields } from './upload.fields.js';

const FILE_FIELDS = ['file', 'qqfile'] as const;
const FIELD_BYTES_MAX = 8 * 1024;
const FIELDS_MAX = 40;
/** The lines between the parts, and the fields. */
const OVERHEAD_BYTES = 64 * 1024;

/** What an upload answers. */
export interface UploadAnswer {
  /** not for a part: there is no file yet */
  readonly file_url?: string;
  readonly file_uuid: string;
  /** of a thumbnail: the file it shows */
  readonly parent_file_uuid?: string;
}

/** Files that come before their messages: whole, in parts, and the small pictures they are shown by. */
@Injectable()
export class UploadFlow {
  private readonly bytesMax: number;
  private readonly rules: UploadRules;

  constructor(
    @Inject(Config) config: Config,
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(TakeUpload) private readonly taking: TakeUpload,
    @Inject(TakeUploadPart) private readonly takingPart: TakeUploadPart,
    @Inject(FinishUpload) private readonly finishing: FinishUpload,
    @Inject(PmFileLinks) private readonly links: PmFileLinks,
  ) {
    this.bytesMax = config.section(PmVariables).PM_FILE_MAX;
    this.rules = {
      files: FILE_FIELDS,
      fileBytesMax: this.bytesMax,
      bodyBytesMax: this.bytesMax + OVERHEAD_BYTES,
      filesMax: 2,
      fieldsMax: FIELDS_MAX,
      fieldBytesMax: FIELD_BYTES_MAX,
    };
  }

  /** @throws PmFault; DomainError payload_too_large, malformed_body, message_not_found, overloaded */
  async take(owner: Id, request: Request): Promise<UploadAnswer> {
    // without a multipart body there can be no file, whatever the fields say
    if (!isMultipart(request)) throw noFile();
    return withUpload(request, this.blobs, this.rules, (upload) => wordFault(this.store(owner, upload)));
  }

  /** @throws as take */
  async finish(owner: Id, request: Request): Promise<UploadAnswer> {
    const members = isMultipart(request)
      ? await withUpload(request, this.blobs, { ...this.rules, files: [], bodyBytesMax: OVERHEAD_BYTES }, (upload) => Promise.resolve(upload.fields))
      : bodyOf(request);
    const fields = new UploadFields(members);
    const uuid = fields.uuid('uuid');
    if (uuid === null) throw fieldFault('uuid', 'required', 'This field is required.');
    await wordFault(this.finishing.execute({ owner, uuid, told: fields.told() }));
    return this.answer(uuid);
  }

  private async store(owner: Id, { fields: members, files }: Upload): Promise<UploadAnswer> {
    const file = files.get('file') ?? files.get('qqfile');
    if (!file) throw noFile();
    const fields = new UploadFields(members);
    const told = fields.told();
    const common = { owner, blob: file.blob, name: told.name ?? nameOf(file), told, bytesMax: this.bytesMax };
    const parentUuid = fields.uuid('parentuuid');
    if (parentUuid !== null) {
      const thumbnail = await this.taking.thumbnail({ ...common, parentUuid });
      return { file_url: this.links.url(thumbnail.parentUuid, 'thumbnail'), file_uuid: thumbnail.uuid, parent_file_uuid: thumbnail.parentUuid };
    }
    const index = fields.whole('partindex', 0, PARTS_MAX - 1);
    if (index === null) return this.answer(await this.taking.whole(common));
    return { file_uuid: await this.takingPart.execute({ ...common, uuid: fields.uuid('uuid'), index }) };
  }

  private answer(uuid: string): UploadAnswer {
    return { file_url: this.links.url(uuid, 'file'), file_uuid: uuid };
  }
}

/** Browsers name even what has no name: `blob`. */
function nameOf(file: ReceivedFile): string {
  return fileName(file.originalName);
}

function noFile(): PmFault {
  return fieldFault('file', 'required', 'No file was submitted.');
}

/** What the core refuses, in the words of this route. */
async function wordFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || error instanceof PmFault) throw error;
    if (error.code === 'quota_exceeded') {
      throw new PmFault(413, 'quota_exceeded', [{ code: 'too_large', message: 'Too many files are waiting to be sent.' }], error.facts);
    }
    if (error.code === 'invalid_input' && error.facts.field !== undefined) throw fieldFault(error.facts.field, 'invalid', FAULTS[error.facts.field] ?? 'This value is not valid.');
    throw error;
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  file: 'The submitted file is empty.',
  totalfilesize: 'The file has another size.',
  md5: 'The file has another MD5.',
  totalparts: 'The number of parts differs.',
  partindex: 'A part is missing, or there are fewer parts.',
  uuid: 'This upload is finished.',
};

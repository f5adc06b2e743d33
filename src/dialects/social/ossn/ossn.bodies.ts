import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { bodyReader, type BodyReader } from '../../../http/raw-body.js';
import { isMultipart, type Upload, type UploadRules, withUpload } from '../../../http/uploads.js';
import { BlobStore } from '../../../kernel/blob-store.js';
import { OssnVariables } from './ossn.config.js';
import { OssnGate } from './ossn.gate.js';
import { type Operation } from './ossn.operations.js';
import { Parameters, queryOf } from './ossn.parameters.js';
import { type UploadedFile } from './files/acceptance.js';

/** A text of the most bytes there may be, each of them written as three. */
const FORM_BYTES_MAX = 1024 * 1024;
const FIELD_BYTES_MAX = 256 * 1024;
/** What a request may hold beside its file, as the original is shipped. */
const BESIDE_FILE_BYTES = 5 * 1024 * 1024;
const FIELDS_MAX = 32;
const FILES_MAX = 4;
const FILE_FIELD = 'attachment';
/** What decoders write for bytes that are no UTF-8. */
const BROKEN = '\ufffd';

/** What came with a call. */
export interface ReceivedCall {
  readonly parameters: Parameters;
  readonly file: UploadedFile | null;
}

/** Reads the parameters of a call from all its sources: the query string, outdone by the body. */
@Injectable()
export class OssnBodies {
  private readonly readForm: BodyReader = bodyReader(FORM_BYTES_MAX);
  private readonly fileRules: UploadRules;
  private readonly fieldRules: UploadRules;

  constructor(
    @Inject(Config) config: Config,
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(OssnGate) private readonly gate: OssnGate,
  ) {
    const { OSSN_ATTACHMENT_MAX: fileBytesMax } = config.section(OssnVariables);
    const bounds = { fieldsMax: FIELDS_MAX, filesMax: FILES_MAX, fieldBytesMax: FIELD_BYTES_MAX, nestingMax: 1 };
    this.fileRules = { ...bounds, files: [FILE_FIELD], fileBytesMax, bodyBytesMax: fileBytesMax + BESIDE_FILE_BYTES };
    this.fieldRules = { ...bounds, files: [], fileBytesMax, bodyBytesMax: fileBytesMax + BESIDE_FILE_BYTES };
  }

  /**
   * Reads a call and works with it. A file it brought is gone afterwards unless the work accepted
   * it. A wrong key ends the reading where a file begins, so that nobody fills the disk without one.
   *
   * @throws OssnFault key_invalid; DomainError malformed_body, payload_too_large, overloaded
   */
  async with<T>(operation: Operation, request: Request, response: Response, work: (received: ReceivedCall) => Promise<T>): Promise<T> {
    const parameters = new Parameters().addForm(queryOf(request.url));
    if (request.method !== 'POST') return work({ parameters, file: null });
    const type = (request.headers['content-type'] ?? '').toLowerCase();
    if (isMultipart(request)) return this.withMultipart(operation, request, parameters, work);
    if (type.startsWith('application/x-www-form-urlencoded')) {
      parameters.addForm((await this.readForm(request, response)).toString('latin1'));
    } else if (/^application\/(?:[\w.-]+\+)?json\b/.test(type)) {
      parameters.addJson(await this.readForm(request, response));
    }
    return work({ parameters, file: null });
  }

  private withMultipart<T>(operation: Operation, request: Request, query: Parameters, work: (received: ReceivedCall) => Promise<T>): Promise<T> {
    const rules: UploadRules = {
      ...(operation.takesFile ? this.fileRules : this.fieldRules),
      admit: (fields) => this.gate.refuseWrongKey(withFields(query, fields), request),
    };
    return withUpload(request, this.blobs, rules, ({ fields, files }) => {
      const file = files.get(FILE_FIELD);
      return work({ parameters: withFields(query, fields), file: file === undefined ? null : { name: file.originalName, blob: file.blob } });
    });
  }
}

/** A field given several times is an array by now. */
function withFields(query: Parameters, fields: Upload['fields']): Parameters {
  const parameters = query.copy();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string' && !value.includes(BROKEN)) parameters.addField(name, value);
    else parameters.addUnusable(name);
  }
  return parameters;
}

import { Inject, Injectable } from '@nestjs/common';
import { type ReceivedBlob } from '../../kernel/blob-store.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { type UploadRow } from '../../storage/own/pm/uploads.repository.js';
import { Store } from '../../storage/store.js';
import { type Tx } from '../../storage/tx.js';
import { userBox } from '../accounts/user.js';
import { UploadIntake, type UploadTold } from './upload-intake.js';

export interface TakeUploadPartCommand {
  readonly owner: Id;
  /** null: the first part that comes, which begins a file */
  readonly uuid: string | null;
  /** from 0 */
  readonly index: number;
  readonly blob: ReceivedBlob;
  /** harmless to show; never used as a path */
  readonly name: string;
  readonly told: UploadTold;
  /** bytes of one file, at most */
  readonly bytesMax: number;
}

/** Takes one part of a file. They come in any order; one that comes again takes the place of the first. */
@Injectable()
export class TakeUploadPart {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(UploadIntake) private readonly intake: UploadIntake,
  ) {}

  /**
   * The caller discards the blob where this fails.
   *
   * @returns the uuid of the file, the same for all its parts
   * @throws DomainError message_not_found for a file that is not there or not the user's;
   *   invalid_input with facts.field; payload_too_large; quota_exceeded; overloaded
   */
  async execute(command: TakeUploadPartCommand): Promise<string> {
    const box = await this.store.ensureMailbox(userBox(command.owner));
    // before the bytes are kept, and once more when nobody else can come between
    await this.store.read(async (tx) => {
      const upload = command.uuid === null ? null : await tx.own.pm.uploads.byUuid(box, command.uuid, this.intake.now());
      await this.check(tx, box, command, upload);
    });
    const storageKey = await command.blob.accept();
    return this.store.run(async (tx) => {
      const { uploads } = tx.own.pm;
      await uploads.holdOwner(box);
      const known = command.uuid === null ? null : await uploads.hold(box, command.uuid, this.intake.now());
      await this.check(tx, box, command, known);
      const upload = known ?? (await this.begin(tx, box, command));
      if (known) await uploads.tell(known, command.told);
      await uploads.putPart(upload, { index: command.index, byteSize: command.blob.size, storageKey });
      return upload.uuid;
    });
  }

  private async begin(tx: Tx, box: Id, { name, told }: TakeUploadPartCommand): Promise<Pick<UploadRow, 'owner_id' | 'id' | 'uuid'>> {
    const upload = this.intake.newUpload(box, name, told);
    await tx.own.pm.uploads.add(upload);
    return { owner_id: box, id: upload.id, uuid: upload.uuid };
  }

  private async check(tx: Tx, box: Id, { uuid, index, blob, told, bytesMax }: TakeUploadPartCommand, upload: UploadRow | null): Promise<void> {
    if (uuid !== null && (!upload || upload.parent_id !== null)) throw new DomainError('message_not_found');
    if (blob.size === 0) throw new DomainError('invalid_input', { field: 'file' });
    if (upload?.finished_at) throw new DomainError('invalid_input', { field: 'uuid' });
    const total = told.partsTotal ?? upload?.parts_total ?? null;
    if (upload && upload.parts_total !== null && total !== upload.parts_total) throw new DomainError('invalid_input', { field: 'totalparts' });
    if (total !== null && index >= total) throw new DomainError('invalid_input', { field: 'partindex' });
    const parts = upload ? await tx.own.pm.uploads.parts(upload) : [];
    const others = parts.filter((part) => part.part_index !== index).reduce((sum, part) => sum + Number(part.byte_size), 0);
    if (others + blob.size > bytesMax) throw new DomainError('payload_too_large', { limit: bytesMax });
    await this.intake.makeRoom(tx, box, blob.size, bytesMax);
  }
}

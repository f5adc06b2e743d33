import { Inject, Injectable } from '@nestjs/common';
import { type ReceivedBlob } from '../../kernel/blob-store.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { UploadIntake, type UploadTold } from './upload-intake.js';

export interface TakeUploadCommand {
  readonly owner: Id;
  readonly blob: ReceivedBlob;
  /** harmless to show; never used as a path */
  readonly name: string;
  readonly told: UploadTold;
  /** bytes of one file, at most */
  readonly bytesMax: number;
}

/** Takes a file that comes in one piece. The caller discards the blob where this fails. */
@Injectable()
export class TakeUpload {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(UploadIntake) private readonly intake: UploadIntake,
  ) {}

  /**
   * @returns the uuid of the file, which can be sent at once
   * @throws DomainError invalid_input with facts.field; quota_exceeded; overloaded
   */
  async whole(command: TakeUploadCommand): Promise<string> {
    const box = await this.store.ensureMailbox(userBox(command.owner));
    return this.add(box, command, null);
  }

  /**
   * Takes a small picture that another file of this user is shown by, in the place of an earlier one.
   * @returns its uuid, which stands for the file when it is sent, and that of the file
   * @throws DomainError message_not_found for a file that is not there or not the user's; else as whole
   */
  async thumbnail(command: TakeUploadCommand & { readonly parentUuid: string }): Promise<{ uuid: string; parentUuid: string }> {
    const box = await this.store.ensureMailbox(userBox(command.owner));
    const parent = await this.store.read((tx) => tx.own.pm.uploads.byUuid(box, command.parentUuid, this.intake.now()));
    if (!parent || parent.parent_id !== null) throw new DomainError('message_not_found');
    return { uuid: await this.add(box, command, parent.uuid), parentUuid: parent.uuid };
  }

  private async add(box: Id, { blob, name, told, bytesMax }: TakeUploadCommand, parentUuid: string | null): Promise<string> {
    // before the bytes are kept, and once more when nobody else can come between
    await this.store.read((tx) => this.intake.makeRoom(tx, box, blob.size, bytesMax));
    const content = await this.intake.take(blob, name, told);
    return this.store.run(async (tx) => {
      const { uploads } = tx.own.pm;
      await uploads.holdOwner(box);
      await this.intake.makeRoom(tx, box, content.byteSize, bytesMax);
      const parent = parentUuid === null ? null : await uploads.hold(box, parentUuid, this.intake.now());
      if (parentUuid !== null && !parent) throw new DomainError('message_not_found');
      if (parent) await uploads.dropThumbnails(parent);
      const upload = this.intake.newUpload(box, name, told, parent?.id ?? null);
      await uploads.add(upload);
      await uploads.finish({ owner_id: box, id: upload.id }, content, this.intake.now(), upload.expiresAt);
      return upload.uuid;
    });
  }
}

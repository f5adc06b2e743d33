import { Inject, Injectable } from '@nestjs/common';
import { BlobStore, type ReceivedBlob } from '../../kernel/blob-store.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { type UploadPartRow, type UploadRow } from '../../storage/own/pm/uploads.repository.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { compare, UploadIntake, type UploadTold } from './upload-intake.js';

export interface FinishUploadCommand {
  readonly owner: Id;
  readonly uuid: string;
  readonly told: UploadTold;
}

/** Puts the parts of a file together. A file that came in one piece, or is finished, is only looked at. */
@Injectable()
export class FinishUpload {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(UploadIntake) private readonly intake: UploadIntake,
  ) {}

  /**
   * Repeating changes nothing.
   *
   * @throws DomainError message_not_found for a file that is not there or not the user's;
   *   invalid_input with facts.field where a part is missing or what was told differs;
   *   conflict when parts came in meanwhile; overloaded
   */
  async execute({ owner, uuid, told }: FinishUploadCommand): Promise<void> {
    const box = await this.store.ensureMailbox(userBox(owner));
    const begun = await this.find(box, uuid);
    if (begun.finished_at) return this.look(begun, told);
    const parts = await this.store.read((tx) => tx.own.pm.uploads.parts(begun));
    // whoever finished it between the two questions has dropped the parts
    const upload = await this.find(box, uuid);
    if (upload.finished_at) return this.look(upload, told);
    checkParts(parts, told.partsTotal, upload.parts_total);
    const blob = await this.join(parts);
    try {
      const size = told.size ?? (upload.told_size === null ? null : Number(upload.told_size));
      const content = await this.intake.take(blob, told.name ?? upload.name, { ...told, size });
      await this.store.run(async (tx) => {
        const { uploads } = tx.own.pm;
        const held = await uploads.hold(box, uuid, this.intake.now());
        if (!held) throw new DomainError('message_not_found');
        // whoever finished it at the same moment read the same parts
        if (held.finished_at) return;
        if (!equal(parts, await uploads.parts(held))) throw new DomainError('conflict');
        await uploads.tell(held, told);
        await uploads.finish(held, content, this.intake.now(), this.intake.expiry());
        await uploads.dropParts(held);
      });
    } finally {
      await blob.discard();
    }
  }

  private async find(box: Id, uuid: string): Promise<UploadRow> {
    const upload = await this.store.read((tx) => tx.own.pm.uploads.byUuid(box, uuid, this.intake.now()));
    if (!upload) throw new DomainError('message_not_found');
    return upload;
  }

  private async look(upload: UploadRow, told: UploadTold): Promise<void> {
    if (told.partsTotal !== null && told.partsTotal !== (upload.parts_total ?? 1)) throw new DomainError('invalid_input', { field: 'totalparts' });
    compare(told, { receivedSize: Number(upload.received_size), receivedMd5: upload.received_md5 ?? '' });
    const { name, duration } = told;
    const changes = (name !== null && name !== upload.name) || (duration !== null && duration !== upload.duration);
    if (changes) await this.store.run((tx) => tx.own.pm.uploads.tell(upload, { name, duration, partsTotal: null, size: null }));
  }

  /** Streams one part after the other into new bytes. */
  private async join(parts: readonly UploadPartRow[]): Promise<ReceivedBlob> {
    const writer = await this.blobs.create();
    try {
      for (const part of parts) {
        const blob = await this.blobs.read(part.storage_key);
        if (!blob) throw new Error('a part of an upload is missing');
        for await (const chunk of blob.stream as AsyncIterable<Buffer>) await writer.write(chunk);
      }
      return await writer.finish();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }
}

/** @throws DomainError invalid_input unless every part is there, and no more */
function checkParts(parts: readonly UploadPartRow[], told: number | null, known: number | null): void {
  const total = told ?? known ?? parts.length;
  if (known !== null && total !== known) throw new DomainError('invalid_input', { field: 'totalparts' });
  const missing = parts.findIndex((part, index) => part.part_index !== index);
  if (missing >= 0 || parts.length < total) throw new DomainError('invalid_input', { field: 'partindex' });
  if (parts.length > total) throw new DomainError('invalid_input', { field: 'totalparts' });
}

function equal(before: readonly UploadPartRow[], now: readonly UploadPartRow[]): boolean {
  return before.length === now.length && before.every((part, index) => part.part_index === now[index]!.part_index && part.storage_key === now[index]!.storage_key);
}

import { Inject, Injectable } from '@nestjs/common';
import { type ReceivedBlob } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { newWireId } from './wire-ids.js';

const LIFETIME_MS = 30 * 86_400_000;

export interface SealedFile {
  readonly fileId: string;
  /** bytes */
  readonly size: number;
  readonly sha256: Buffer;
  readonly storageKey: string;
}

/** Files for somebody: ciphertext, kept for 30 days or until its owner removes it. */
@Injectable()
export class SealedFiles {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * Stores a file for the owner of a mailbox; its bytes count against what the mailbox may hold.
   * The caller discards the blob where this fails.
   * @throws DomainError quota_exceeded
   */
  async take(boxId: Id, blob: ReceivedBlob, bytesMax: number): Promise<SealedFile> {
    const now = this.clock.now();
    const storageKey = await blob.accept();
    const file = { fileId: newWireId(this.ids), size: blob.size, sha256: blob.sha256, storageKey };
    await this.store.run(async (tx) => {
      const { files, mailbox } = tx.own.envelope;
      if (!(await mailbox.addBytes(boxId, file.size, bytesMax))) throw new DomainError('quota_exceeded');
      await files.add({
        owner_id: boxId, id: this.ids.next(), wire_id: file.fileId, byte_size: String(file.size), sha256: file.sha256, storage_key: storageKey,
        created_at: new Date(now), expires_at: new Date(now + LIFETIME_MS),
      });
    });
    return file;
  }

  /** @returns null when it is not there, or somebody else's */
  async find(boxId: Id, fileId: string): Promise<SealedFile | null> {
    const row = await this.store.read((tx) => tx.own.envelope.files.find(boxId, fileId, new Date(this.clock.now())));
    return row && { fileId: row.wire_id, size: Number(row.byte_size), sha256: row.sha256, storageKey: row.storage_key };
  }

  /** @returns false when it is not there */
  remove(boxId: Id, fileId: string): Promise<boolean> {
    return this.store.run(async (tx) => {
      const { files, mailbox } = tx.own.envelope;
      const size = await files.remove(boxId, fileId);
      if (size === null) return false;
      await mailbox.addBytes(boxId, -size, Number.MAX_SAFE_INTEGER);
      return true;
    });
  }
}

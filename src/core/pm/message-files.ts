import { Inject, Injectable } from '@nestjs/common';
import { BlobStore } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { type CarriedRow, type UploadRow } from '../../storage/own/pm/uploads.repository.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { SOCIAL } from '../conversations/direct-message.js';
import { fileDetails, type StoredThumbnail } from './file-details.js';

/** Stored bytes with what they are shown as. */
export interface StoredFile extends StoredThumbnail {
  readonly name: string;
}

/** A file that is about to be sent. */
export interface OutgoingFile extends StoredFile {
  readonly uuid: string;
  /** seconds */
  readonly duration: number | null;
  readonly thumbnail: StoredThumbnail | null;
}

/** As what a file is fetched. */
export type FileRole = 'file' | 'thumbnail';

/**
 * Files by the uuid their owner knows them by: first those on their way into a message, then
 * those that messages carry. A file that was sent lives and goes with its messages.
 */
@Injectable()
export class MessageFiles {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param uuid of a whole file of this user, of its small picture, or of a file of a message he sent
   * @returns null for everything else. The bytes stay where they are for long enough to be sent
   */
  async forSending(owner: Id, uuid: string): Promise<OutgoingFile | null> {
    const box = await this.store.findMailbox(userBox(owner));
    if (box === null) return null;
    const file = await this.store.read(async (tx) => {
      const { uploads } = tx.own.pm;
      const named = await uploads.byUuid(box, uuid, this.now());
      const upload = named?.parent_id ? await uploads.byId(box, named.parent_id) : named;
      if (upload?.finished_at && !upload.sent_at) return outgoingUpload(upload, await uploads.thumbnailOf(upload));
      const carried = await uploads.sentBy(box, upload?.uuid ?? uuid, SOCIAL);
      return carried && outgoingCarried(carried);
    });
    if (!file || !(await this.blobs.renew(file.storageKey))) return null;
    const pictured = file.thumbnail !== null && (await this.blobs.renew(file.thumbnail.storageKey));
    return pictured ? file : { ...file, thumbnail: null };
  }

  /** To be called when a message that carries the file was stored. */
  async noteSent(owner: Id, uuid: string): Promise<void> {
    const box = await this.store.findMailbox(userBox(owner));
    if (box === null) return;
    const now = this.now();
    await this.store.run(async (tx) => {
      const upload = await tx.own.pm.uploads.byUuid(box, uuid, now);
      if (upload && !upload.sent_at) await tx.own.pm.uploads.markSent(upload, now);
    });
  }

  /**
   * Whoever asks must be let in by the address.
   * @returns null for what is unknown, or was withdrawn with the last message that carried it
   */
  async find(uuid: string, role: FileRole): Promise<StoredFile | null> {
    return this.store.read(async (tx) => {
      const { uploads } = tx.own.pm;
      const carried = await uploads.carried(uuid, SOCIAL);
      if (carried) return role === 'file' ? storedCarried(carried) : pictureOf(carried);
      const upload = await uploads.shown(uuid, this.now());
      if (!upload) return null;
      const wanted = role === 'file' ? upload : await uploads.thumbnailOf(upload);
      return wanted && storedUpload(wanted);
    });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function outgoingUpload(upload: UploadRow, thumbnail: UploadRow | null): OutgoingFile {
  return { ...storedUpload(upload), uuid: upload.uuid, duration: upload.duration, thumbnail: thumbnail && storedUpload(thumbnail) };
}

function outgoingCarried(row: CarriedRow): OutgoingFile {
  const { uuid, duration, thumbnail } = fileDetails(row.details);
  return { ...storedCarried(row), uuid: uuid ?? row.wire_id, duration, thumbnail };
}

/** Only of a whole file: the columns are set then. */
function storedUpload(row: UploadRow): StoredFile {
  return { name: row.name, storageKey: row.storage_key!, mediaType: row.media_type!, byteSize: Number(row.byte_size), sha256: row.sha256! };
}

function storedCarried(row: CarriedRow): StoredFile {
  return { name: row.name, storageKey: row.storage_key, mediaType: row.media_type, byteSize: Number(row.byte_size), sha256: row.sha256 };
}

function pictureOf(row: CarriedRow): StoredFile | null {
  const { thumbnail } = fileDetails(row.details);
  return thumbnail && { ...thumbnail, name: row.name };
}

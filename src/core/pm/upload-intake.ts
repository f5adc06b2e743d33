import { Inject, Injectable } from '@nestjs/common';
import { RunningMd5 } from '../../crypto/digests.js';
import { type ReceivedBlob } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type NewUpload, type UploadContent } from '../../storage/own/pm/uploads.repository.js';
import { type Tx } from '../../storage/tx.js';
import { AttachmentIntake, type FileRules } from '../attachments/attachment-intake.js';

/** What a client told of a file; null where he did not. */
export interface UploadTold {
  readonly name: string | null;
  /** bytes of the whole file */
  readonly size: number | null;
  /** hex digits, in either case */
  readonly md5: string | null;
  /** seconds */
  readonly duration: number | null;
  readonly partsTotal: number | null;
}

/** Any file: what it is decides its content, and how it is served keeps it harmless. */
const RULES: FileRules = { allowed: null, emptyAllowed: false, pictureSideMax: null, brokenPictures: 'as_bytes' };
/** Files on their way wait for this long. */
const LIFETIME_MS = 24 * 60 * 60_000;
/** So many files of the largest size may wait for one user, */
const WAITING_FILES = 20;
/** and each piece counts for so many bytes at least. */
const PIECE_BYTES_LEAST = 16 * 1024;
const READ_BYTES = 64 * 1024;

/** What every way of bringing a file has in common. */
@Injectable()
export class UploadIntake {
  constructor(
    @Inject(AttachmentIntake) private readonly intake: AttachmentIntake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  /** @returns when a file that is touched now may be forgotten */
  expiry(): Date {
    return new Date(this.clock.now() + LIFETIME_MS);
  }

  /** @returns a row for a new file */
  newUpload(ownerId: Id, name: string, told: UploadTold, parentId: Id | null = null): NewUpload {
    const { partsTotal, size: toldSize, duration } = told;
    return { ownerId, id: this.ids.next(), uuid: this.newUuid(), parentId, name, duration, partsTotal, toldSize, createdAt: this.now(), expiresAt: this.expiry() };
  }

  /**
   * Compares a whole file with what was told of it, judges it by its content and stores its bytes.
   * @throws DomainError invalid_input, with the field, where they differ or nothing came
   */
  async take(blob: ReceivedBlob, name: string, told: UploadTold): Promise<UploadContent> {
    const receivedSize = blob.size;
    const receivedMd5 = await md5Of(blob);
    compare(told, { receivedSize, receivedMd5 });
    const examined = await this.intake.examine(blob, name, RULES);
    if (examined.refused !== null) throw new DomainError('invalid_input', { field: 'file' });
    const storageKey = await blob.accept();
    return { receivedSize, receivedMd5, byteSize: blob.size, mediaType: examined.mediaType, sha256: blob.sha256, storageKey };
  }

  /**
   * @param bytesMax of one file
   * @throws DomainError quota_exceeded when too much of this user waits already
   */
  async makeRoom(tx: Tx, ownerId: Id, bytes: number, bytesMax: number): Promise<void> {
    const weight = await tx.own.pm.uploads.weight(ownerId, PIECE_BYTES_LEAST, this.now());
    if (weight + Math.max(bytes, PIECE_BYTES_LEAST) > WAITING_FILES * bytesMax) throw new DomainError('quota_exceeded', { limit: WAITING_FILES * bytesMax });
  }

  private newUuid(): string {
    const bytes = this.ids.bytes(16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

/** @throws DomainError invalid_input with the field that differs */
export function compare(told: UploadTold, content: { readonly receivedSize: number; readonly receivedMd5: string }): void {
  if (told.size !== null && told.size !== content.receivedSize) throw new DomainError('invalid_input', { field: 'totalfilesize' });
  if (told.md5 !== null && told.md5.toLowerCase() !== content.receivedMd5) throw new DomainError('invalid_input', { field: 'md5' });
}

/** Reads the bytes piece by piece. */
function md5Of(blob: ReceivedBlob): Promise<string> {
  return blob.inspect(async (bytes) => {
    const md5 = new RunningMd5();
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (let offset = 0; offset < bytes.size; ) {
      const filled = await bytes.readInto(buffer, offset);
      if (filled === 0) break;
      md5.update(buffer.subarray(0, filled));
      offset += filled;
    }
    return md5.hex();
  });
}

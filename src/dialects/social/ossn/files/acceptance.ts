import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { AttachmentIntake, type FileRules } from '../../../../core/attachments/attachment-intake.js';
import { type ReceivedBlob } from '../../../../kernel/blob-store.js';
import { OssnVariables } from '../ossn.config.js';
import { OssnFault } from '../ossn.faults.js';
import { shownName } from './file-names.js';

const PICTURE_SIDE_MAX = 5_000;
/** A picture's extension may stand before any of the four formats, as in the original. */
const PICTURES = ['jpeg', 'png', 'gif', 'webp'] as const;

const RULES: FileRules = {
  allowed: { jpg: PICTURES, png: PICTURES, jpeg: PICTURES, jfif: PICTURES, gif: PICTURES, webp: PICTURES, docx: ['docx'], pdf: ['pdf'] },
  emptyAllowed: false,
  pictureSideMax: PICTURE_SIDE_MAX,
  brokenPictures: 'refuse',
};

/** A file part that has come in. */
export interface UploadedFile {
  /** as the client named it */
  readonly name: string;
  readonly blob: ReceivedBlob;
}

/** A file that goes with a message. */
export interface AcceptedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly blob: ReceivedBlob;
}

/** Judges files by extension and content; what the client says they are does not count. */
@Injectable()
export class FileAcceptance {
  private readonly dropsBadFiles: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(AttachmentIntake) private readonly intake: AttachmentIntake,
  ) {
    this.dropsBadFiles = config.section(OssnVariables).OSSN_BAD_ATTACHMENT === 'drop';
  }

  /**
   * @returns the file that goes with the message, null where there is none or it was dropped
   * @throws OssnFault attachment_refused
   */
  async judge(file: UploadedFile | null): Promise<AcceptedFile | null> {
    if (file === null) return null;
    const name = shownName(file.name);
    const examined = await this.intake.examine(file.blob, name, RULES);
    if (examined.refused === null) return { name, mediaType: examined.mediaType, blob: file.blob };
    if (this.dropsBadFiles) return null;
    throw new OssnFault('attachment_refused');
  }
}

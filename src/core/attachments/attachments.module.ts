import { Module } from '@nestjs/common';
import { join, resolve } from 'node:path';
import { Config } from '../../config/config.js';
import { BlobStore } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { AttachmentIntake } from './attachment-intake.js';
import { AttachmentSweeper } from './attachment-sweeper.js';
import { FileCapability } from './file-capability.js';
import { FsBlobStore } from './fs-blob-store.js';

/** The bytes of files: where they lie, what may come in, who may fetch them, and when they go. */
@Module({
  providers: [
    {
      provide: BlobStore,
      useFactory: (config: Config, clock: Clock, ids: IdSource) =>
        new FsBlobStore(join(resolve(config.house.DATA_DIR), 'files'), clock, ids),
      inject: [Config, CLOCK, ID_SOURCE],
    },
    AttachmentIntake,
    AttachmentSweeper,
    FileCapability,
  ],
  exports: [BlobStore, AttachmentIntake, AttachmentSweeper, FileCapability],
})
export class AttachmentsModule {}

import { Module } from '@nestjs/common';
import { OssnModule } from './ossn/ossn.module.js';
import { PmModule } from './pm/pm.module.js';

/** The tongues of the one store of conversations between users. */
@Module({ imports: [OssnModule, PmModule] })
export class SocialModule {}

import { type DynamicModule, Module } from '@nestjs/common';
import { type Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { CoreModule } from './core/core.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { dialects } from './dialects/index.js';
import { enabledDialects } from './http/enabled-dialects.js';
import { HttpModule } from './http/http.module.js';
import { type Clock } from './kernel/clock.js';
import { type IdSource } from './kernel/id-source.js';
import { type Database } from './storage/database.js';
import { StorageModule } from './storage/storage.module.js';

export interface AppParts {
  readonly config: Config;
  /** connected and migrated */
  readonly database: Database;
  /** default: the machine's clock */
  readonly clock?: Clock;
  /** default: time-ordered ids on that clock */
  readonly ids?: IdSource;
}

/** The whole server: settings, storage, crypto, core, the edge and the dialects that are switched on. */
@Module({})
export class AppModule {
  static register(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(parts),
        CryptoModule,
        StorageModule.on(parts.database),
        CoreModule,
        HttpModule.register(enabledDialects(dialects, parts.config)),
      ],
    };
  }
}

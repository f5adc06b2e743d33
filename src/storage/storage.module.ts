import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { type IdSource } from '../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../kernel/tokens.js';
import { Database } from './database.js';
import { Store } from './store.js';

/** Gives the core its Store. The database is connected and migrated before the application is made. */
@Module({})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(Store) private readonly store: Store) {}

  static on(database: Database): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        { provide: Database, useValue: database },
        {
          provide: Store,
          useFactory: (clock: Clock, ids: IdSource) => new Store(database, clock, ids),
          inject: [CLOCK, ID_SOURCE],
        },
      ],
      exports: [Store, Database],
    };
  }

  /** Whatever was accepted is answered before the process ends. */
  async onApplicationShutdown(): Promise<void> {
    await this.store.drain();
  }
}

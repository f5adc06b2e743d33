import { type DynamicModule, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Clock } from '../kernel/clock.js';
import { type IdSource } from '../kernel/id-source.js';
import { Metrics } from '../kernel/metrics.js';
import { ReadinessProbe } from '../kernel/readiness-probe.js';
import { CLOCK, ID_SOURCE } from '../kernel/tokens.js';
import { Database } from './database.js';
import { DatabaseReadiness } from './database-readiness.js';
import { Store } from './store.js';

/** Gives the core its Store. The database is connected and migrated before the application is made. */
@Module({})
export class StorageModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(Database) private readonly database: Database,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  static on(database: Database): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        { provide: Database, useValue: database },
        { provide: ReadinessProbe, useValue: new DatabaseReadiness(database) },
        {
          provide: Store,
          useFactory: (clock: Clock, ids: IdSource) => new Store(database, clock, ids),
          inject: [CLOCK, ID_SOURCE],
        },
      ],
      exports: [Store, ReadinessProbe],
    };
  }

  onModuleInit(): void {
    this.metrics.gauge('append_queue_messages', 'Messages waiting for a commit', () => this.store.appendBacklog);
    this.metrics.gauge('database_connections', 'Open connections to the database', () => this.database.pool.totalCount);
    this.metrics.gauge('database_waiting', 'Queries waiting for a connection', () => this.database.pool.waitingCount);
  }

  /** Whatever was accepted is answered before the process ends. */
  async onApplicationShutdown(): Promise<void> {
    await this.store.drain();
  }
}

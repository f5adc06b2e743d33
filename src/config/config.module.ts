import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Clock, SystemClock } from '../kernel/clock.js';
import { type IdSource, TimeOrderedIds } from '../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../kernel/tokens.js';
import { Config } from './config.js';

/** What the whole program may have injected: settings, the time, ids and randomness. */
export interface ConfigModuleOptions {
  readonly config: Config;
  /** default the machine's clock */
  readonly clock?: Clock;
  /** default time-ordered ids on that clock */
  readonly ids?: IdSource;
}

/** Global module that provides Config, CLOCK and ID_SOURCE. */
@Global()
@Module({})
export class ConfigModule {
  /** @returns the module around settings that were loaded and checked before Nest starts */
  static register(options: ConfigModuleOptions): DynamicModule {
    const clock = options.clock ?? new SystemClock();
    const ids = options.ids ?? new TimeOrderedIds(clock);
    return {
      module: ConfigModule,
      providers: [
        { provide: Config, useValue: options.config },
        { provide: CLOCK, useValue: clock },
        { provide: ID_SOURCE, useValue: ids },
      ],
      exports: [Config, CLOCK, ID_SOURCE],
    };
  }
}

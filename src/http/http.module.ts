import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { Config } from '../config/config.js';
import { type Clock } from '../kernel/clock.js';
import { Metrics } from '../kernel/metrics.js';
import { CLOCK } from '../kernel/tokens.js';
import { AccessLog } from './access-log.js';
import { type Dialect } from './dialect.js';
import { DialectErrorFilter } from './dialect-error.filter.js';
import { Drain } from './drain.js';
import { ErrorAnswer } from './error-answer.js';
import { Front } from './front.js';
import { HealthController } from './health.controller.js';
import { createLogger, HouseLogger } from './logger.js';
import { MetricsServer } from './metrics-server.js';
import { PromMetrics } from './prom-metrics.js';
import { RateLimiter } from './rate-limiter.js';
import { Territory } from './territory.js';
import { DIALECTS, LOGGER } from './tokens.js';

/**
 * The edge of the house. Needs Config, CLOCK, ID_SOURCE and ReadinessProbe from global modules;
 * gives RateLimiter, Metrics, Territory, Drain and LOGGER to everybody.
 */
@Global()
@Module({})
export class HttpModule {
  /** @param dialects the enabled dialects, most specific first; their modules are imported here */
  static register(dialects: readonly Dialect[]): DynamicModule {
    return {
      module: HttpModule,
      // routes of a module that is imported by an imported one come after all others: order counts, so each is named here
      imports: [...new Set(dialects.flatMap(({ module, family }) => (family ? [module, family] : [module])))],
      controllers: [HealthController],
      providers: [
        { provide: DIALECTS, useValue: dialects },
        { provide: Territory, useValue: new Territory(dialects) },
        { provide: LOGGER, useFactory: (config: Config, clock: Clock) => createLogger(config, clock), inject: [Config, CLOCK] },
        { provide: HouseLogger, useFactory: (logger: Logger) => new HouseLogger(logger), inject: [LOGGER] },
        { provide: APP_FILTER, useClass: DialectErrorFilter },
        { provide: Metrics, useExisting: PromMetrics },
        AccessLog,
        Drain,
        ErrorAnswer,
        Front,
        MetricsServer,
        PromMetrics,
        RateLimiter,
      ],
      exports: [DIALECTS, LOGGER, Territory, Metrics, PromMetrics, RateLimiter, Drain, HouseLogger],
    };
  }
}

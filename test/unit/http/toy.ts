import {
  Body, Controller, Get, Global, Header, HttpException, Module, Param, Post, Put, Req, Res, type Type,
} from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { type Request, type Response } from 'express';
import { type AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { appOptions, setUpApp } from '../../../src/app.set-up.js';
import { Config, type ConfigSection } from '../../../src/config/config.js';
import { HouseVariables } from '../../../src/config/env.js';
import { type Dialect } from '../../../src/http/dialect.js';
import { HouseAdapter } from '../../../src/http/house-adapter.js';
import { HttpModule } from '../../../src/http/http.module.js';
import { readJsonBody } from '../../../src/http/json-body.js';
import { createLogger } from '../../../src/http/logger.js';
import { methodOverride } from '../../../src/http/method-override.js';
import { LOGGER } from '../../../src/http/tokens.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { DomainError, type ErrorCode } from '../../../src/kernel/domain-error.js';
import { TimeOrderedIds } from '../../../src/kernel/id-source.js';
import { type Readiness, ReadinessProbe } from '../../../src/kernel/readiness-probe.js';
import { CLOCK, ID_SOURCE } from '../../../src/kernel/tokens.js';

/** A message API that nobody speaks: strict, JSON, statuses. */
@ApiTags('alpha')
@Controller()
class AlphaController {
  /** errors to throw, by the name in the path */
  static readonly errors = new Map<string, () => unknown>();
  static reads = 0;

  @Get('alpha/things/:id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Read a thing' })
  read(@Param('id') id: string): object {
    AlphaController.reads += 1;
    return { id };
  }

  @Post('alpha/things')
  create(@Body() body: unknown): object {
    return { created: body };
  }

  @Put('alpha/things/:id')
  replace(@Param('id') id: string, @Body() body: unknown): object {
    return { replaced: id, body };
  }

  @Get('alpha/throw/:name')
  throwing(@Param('name') name: string): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything can be thrown
    throw AlphaController.errors.get(name)?.() ?? new HttpException('?', 418);
  }

  @Get('alpha/half')
  half(@Res() response: Response): void {
    response.status(200).write('half of an answer');
    throw new Error('too late');
  }

  @Get('alpha/wait/:ms')
  async wait(@Param('ms') ms: string): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, Number(ms)));
    return { waited: ms };
  }

  @Get('alpha/big')
  big(): string {
    return 'x'.repeat(4_000_000);
  }

  @Get('alpha/address')
  address(@Req() request: Request): object {
    return { ip: request.ip };
  }
}

/** Another one, which answers 200 whatever happens. */
@ApiTags('beta')
@Controller()
class BetaController {
  @Get('beta/send')
  send(): object {
    return { sent: true };
  }
}

@Module({ controllers: [AlphaController] })
class AlphaModule {}
@Module({ controllers: [BetaController] })
class BetaModule {}

class NoVariables {}

export const LIMIT_BYTES = 1024;

export const alpha: Dialect = {
  name: 'alpha',
  module: AlphaModule,
  config: NoVariables,
  reservedSegments: ['alpha', 'Ärger'],
  owns: (path) => path === '/alpha' || path.startsWith('/alpha/'),
  methodsOf: (path) => {
    if (/^\/alpha\/things\/?$/.test(path)) return ['POST'];
    if (/^\/alpha\/things\/\w+\/?$/.test(path)) return ['GET', 'PUT'];
    if (/^\/alpha\/(?:throw|wait)\/\w+$/.test(path)) return ['GET'];
    return /^\/alpha\/(?:half|address|big)$/.test(path) ? ['GET'] : [];
  },
  headIsSafe: (path) => path.startsWith('/alpha/things/'),
  middleware: () => [methodOverride(['PUT']), readJsonBody({ limitBytes: LIMIT_BYTES })],
  renderError: (error) => ({
    status: { route_not_found: 404, method_not_allowed: 405, payload_too_large: 413, rate_limited: 429, overloaded: 503, internal: 500 }[error.code as string] ?? 400,
    headers: { 'X-Alpha': 'yes' },
    body: { alpha: error.code },
  }),
};

export const beta: Dialect = {
  name: 'beta',
  module: BetaModule,
  config: NoVariables,
  reservedSegments: ['beta'],
  owns: (path) => path === '/beta' || path.startsWith('/beta/'),
  methodsOf: (path) => (path === '/beta/send' ? ['GET'] : []),
  headIsSafe: () => false,
  middleware: () => [],
  renderError: (error) => ({ status: 200, body: { code: error.code === 'internal' ? '200' : '103', message: error.code } }),
};

export class ToyProbe extends ReadinessProbe {
  state: () => Promise<Readiness> = async () => ({ ok: true, reasons: [] });
  asked = 0;
  check(): Promise<Readiness> {
    this.asked += 1;
    return this.state();
  }
}

export interface Toy {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly probe: ToyProbe;
  readonly errors: Map<string, () => unknown>;
  /** log lines so far, parsed */
  lines(): Record<string, unknown>[];
  /** log lines so far, as written */
  text(): string;
  reads(): number;
  close(): Promise<void>;
}

export function toyConfig(house: Partial<HouseVariables> = {}, publicUrl = 'http://localhost:3000'): Config {
  return {
    house: Object.assign(new HouseVariables(), { METRICS_ADDRESS: 'off', LOG_LEVEL: 'debug' }, house),
    publicUrl,
    embeddedDatabase: false,
    warnings: [],
    section: <T extends object>(section: ConfigSection<T>) => new section(),
  };
}

export async function startToy(config: Config = toyConfig(), dialects: readonly Dialect[] = [alpha, beta]): Promise<Toy> {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const clock = new SystemClock();
  const probe = new ToyProbe();

  @Global()
  @Module({
    providers: [
      { provide: Config, useValue: config },
      { provide: CLOCK, useValue: clock },
      { provide: ID_SOURCE, useValue: new TimeOrderedIds(clock) },
      { provide: ReadinessProbe, useValue: probe },
    ],
    exports: [Config, CLOCK, ID_SOURCE, ReadinessProbe],
  })
  class GroundModule {}

  const module = await Test.createTestingModule({ imports: [GroundModule as Type<unknown>, HttpModule.register(dialects)] })
    .overrideProvider(LOGGER)
    .useValue(createLogger(config, clock, sink))
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(new HouseAdapter(), appOptions);
  setUpApp(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  AlphaController.errors.clear();
  AlphaController.reads = 0;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    probe,
    errors: AlphaController.errors,
    lines: () => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => text,
    reads: () => AlphaController.reads,
    close: () => app.close(),
  };
}

/** Every code of the closed union; a missing one fails to compile. */
const CODES: Record<ErrorCode, true> = {
  unauthenticated: true, forbidden: true, sender_unknown: true, recipient_unknown: true, not_followed: true,
  message_not_found: true, blank_message: true, too_long: true, too_many_recipients: true, attachment_refused: true,
  already_decided: true, duplicate: true, conflict: true, quota_exceeded: true, undecryptable: true, feature_off: true,
  invalid_input: true, malformed_body: true, payload_too_large: true, route_not_found: true, method_not_allowed: true,
  rate_limited: true, overloaded: true, internal: true,
};
export const allCodes = Object.keys(CODES) as ErrorCode[];

export function codeOf(work: () => unknown): ErrorCode | 'nothing' {
  try {
    work();
    return 'nothing';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

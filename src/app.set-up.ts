import { type NestApplicationOptions } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type ErrorRequestHandler } from 'express';
import { Config } from './config/config.js';
import { Drain } from './http/drain.js';
import { ErrorAnswer } from './http/error-answer.js';
import { Front } from './http/front.js';
import { HouseAdapter } from './http/house-adapter.js';
import { HouseLogger } from './http/logger.js';
import { serveDocs } from './http/openapi.js';
import { assert } from './kernel/assert.js';

/** Options every application is created with, beside `new HouseAdapter()`. */
export const appOptions = {
  // each dialect reads its bodies itself
  bodyParser: false,
  bufferLogs: true,
  abortOnError: false,
} satisfies NestApplicationOptions;

/**
 * Everything main and the tests must do alike, between creating the application and `init` or
 * `listen`.
 *
 * @param app created with `new HouseAdapter()` and appOptions
 */
export function setUpApp(app: NestExpressApplication): void {
  assert(app.getHttpAdapter() instanceof HouseAdapter, 'the application runs on HouseAdapter');
  app.useLogger(app.get(HouseLogger));
  const proxies = app.get(Config).house.TRUSTED_PROXIES;
  app.set('trust proxy', proxies.length > 0 ? [...proxies] : false);
  app.get(Drain).watch(app.getHttpServer());
  app.use(app.get(Front).handler);
  serveDocs(app);
  app.use(errorLayer(app.get(ErrorAnswer)));
}

/** Words errors of the layers above; those of routes reach the global filter. */
function errorLayer(answer: ErrorAnswer): ErrorRequestHandler {
  return (error, request, response, _next) => answer.send(error, request, response);
}

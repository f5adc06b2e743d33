import { type RequestHandler } from 'express';
import { type Config } from '../../config/config.js';
import { crossOrigin } from '../../http/cross-origin.js';
import { readJsonBody } from '../../http/json-body.js';
import { knownRoutesOnly } from '../../http/known-routes.js';
import { methodOverride } from '../../http/method-override.js';
import { KeyInboxVariables } from './keyinbox.config.js';
import { methodsOfPath } from './keyinbox.routes.js';

/** A JSON escape writes one byte as six; keys and names take the rest. */
const ESCAPED_BYTES_PER_BYTE = 6;
const BODY_OVERHEAD_BYTES = 64 * 1024;
const CORS_HEADERS = 'Content-Type, Authorization, X-SLS-Private-Key, X-SLS-Public-Key, X-SLS-Version, X-HTTP-Method-Override, Idempotency-Key';
const CORS_EXPOSED = 'Idempotent-Replayed, Retry-After, X-Request-Id';
/** The request headers an answer may depend on. */
const VARY = 'Authorization, X-SLS-Private-Key, X-SLS-Public-Key, X-SLS-Version, Origin';

/** What runs on the dialect's paths before routing, in this order. */
export function keyInboxMiddleware(config: Config): readonly RequestHandler[] {
  const variables = config.section(KeyInboxVariables);
  return [
    neverStored,
    crossOrigin({
      origins: variables.KEYINBOX_CORS_ORIGINS,
      methods: 'GET, POST, PUT, DELETE',
      headers: CORS_HEADERS,
      exposed: CORS_EXPOSED,
    }),
    methodOverride(['GET', 'PUT', 'DELETE']),
    knownRoutesOnly(methodsOfPath),
    readJsonBody({ limitBytes: ESCAPED_BYTES_PER_BYTE * variables.MESSAGE_MAX_SIZE + BODY_OVERHEAD_BYTES }),
  ];
}

/** The secret of a GET is in its body, which no cache looks at: nothing may be kept. */
const neverStored: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  response.vary(VARY);
  next();
};

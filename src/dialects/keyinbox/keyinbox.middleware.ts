import { type RequestHandler } from 'express';
import { type Config } from '../../config/config.js';
import { readJsonBody } from '../../http/json-body.js';
import { methodOverride } from '../../http/method-override.js';
import { DomainError } from '../../kernel/domain-error.js';
import { KeyInboxVariables } from './keyinbox.config.js';
import { methodsOfPath } from './keyinbox.routes.js';

/** A JSON escape writes one byte as six; keys and names take the rest. */
const ESCAPED_BYTES_PER_BYTE = 6;
const BODY_OVERHEAD_BYTES = 64 * 1024;
const CORS_HEADERS = 'Content-Type, Authorization, X-SLS-Private-Key, X-SLS-Public-Key, X-SLS-Version, X-HTTP-Method-Override, Idempotency-Key';
const CORS_MAX_AGE_SECONDS = 600;
/** The request headers an answer may depend on. */
const VARY = 'Authorization, X-SLS-Private-Key, X-SLS-Public-Key, X-SLS-Version, Origin';

/** What runs on the dialect's paths before routing, in this order. */
export function keyInboxMiddleware(config: Config): readonly RequestHandler[] {
  const variables = config.section(KeyInboxVariables);
  return [
    neverStored,
    crossOrigin(variables.KEYINBOX_CORS_ORIGINS),
    methodOverride(['GET', 'PUT', 'DELETE']),
    knownRoutesOnly,
    readJsonBody({ limitBytes: ESCAPED_BYTES_PER_BYTE * variables.MESSAGE_MAX_SIZE + BODY_OVERHEAD_BYTES }),
  ];
}

/** The secret of a GET is in its body, which no cache looks at: nothing may be kept. */
const neverStored: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  response.vary(VARY);
  next();
};

/** Lets browsers of the listed origins in. Without a list no such header is sent. */
function crossOrigin(origins: readonly string[]): RequestHandler {
  const any = origins.includes('*');
  return (request, response, next) => {
    const { origin } = request.headers;
    if (origin === undefined || !(any || origins.includes(origin))) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', any ? '*' : origin);
    response.setHeader('Access-Control-Expose-Headers', 'Idempotent-Replayed, Retry-After, X-Request-Id');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
    response.setHeader('Access-Control-Allow-Headers', CORS_HEADERS);
    response.setHeader('Access-Control-Max-Age', String(CORS_MAX_AGE_SECONDS));
    response.status(204).end();
  };
}

/** An unknown route or method is told apart before a body is read. */
const knownRoutesOnly: RequestHandler = (request, _response, next) => {
  const methods = methodsOfPath(request.path);
  if (methods.length === 0) next(new DomainError('route_not_found'));
  else if (!methods.includes(request.method)) next(new DomainError('method_not_allowed', { allow: methods }));
  else next();
};

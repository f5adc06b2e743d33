import { type RequestHandler } from 'express';
import { type Config } from '../../../config/config.js';
import { crossOrigin } from '../../../http/cross-origin.js';
import { parseJsonObject } from '../../../http/json-text.js';
import { knownRoutesOnly } from '../../../http/known-routes.js';
import { bodyReader } from '../../../http/raw-body.js';
import { isMultipart } from '../../../http/uploads.js';
import { PmVariables } from './pm.config.js';
import { PmFault } from './pm.faults.js';
import { formOf } from './pm.forms.js';
import { isFilePath, isOAuthPath, methodsOfPath, takesForms } from './pm.routes.js';

/** A character takes up to twelve bytes where JSON escapes it; the rest of a body is small. */
const ESCAPED_BYTES_PER_CHARACTER = 12;
const BODY_OVERHEAD_BYTES = 64 * 1024;
const CORS_HEADERS = 'Authorization, Content-Type, Content-Range, Idempotency-Key, Range';
const CORS_EXPOSED = 'Accept-Ranges, Content-Length, Content-Range, Idempotent-Replayed, Retry-After, X-Request-Id';

/** What runs on the dialect's paths before routing, in this order. */
export function pmMiddleware(config: Config): readonly RequestHandler[] {
  const variables = config.section(PmVariables);
  return [
    neverStored,
    crossOrigin({
      origins: variables.PM_CORS_ORIGINS,
      methods: 'GET, POST, PATCH, DELETE',
      headers: CORS_HEADERS,
      exposed: CORS_EXPOSED,
    }),
    shownElsewhere,
    knownRoutesOnly(methodsOfPath),
    jsonWanted,
    readBody(ESCAPED_BYTES_PER_CHARACTER * variables.PM_MESSAGE_MAX + BODY_OVERHEAD_BYTES),
  ];
}

/** What one caller gets is nobody else's; files say for themselves how long they may be kept. */
const neverStored: RequestHandler = (request, response, next) => {
  if (!isFilePath(request.path)) response.setHeader('Cache-Control', 'no-store');
  response.vary('Authorization, Origin');
  next();
};

/** Pages of other origins show pictures and play videos. */
const shownElsewhere: RequestHandler = (request, response, next) => {
  if (isFilePath(request.path) && response.hasHeader('Access-Control-Allow-Origin')) {
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  }
  next();
};

/** Refuses those who say that they take no JSON. */
const jsonWanted: RequestHandler = (request, _response, next) => {
  if (isFilePath(request.path) || isOAuthPath(request.path) || request.accepts('application/json') !== false) next();
  else next(new PmFault(406, 'invalid_input', [{ code: 'not_acceptable', message: 'Answers are JSON.' }]));
};

/**
 * Reads the body of whatever may change something: JSON whatever the content type says, on the
 * routes that take forms a form where it says so. Multipart bodies are left to their routes.
 */
function readBody(limitBytes: number): RequestHandler {
  const read = bodyReader(limitBytes);
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || isMultipart(request)) {
      next();
      return;
    }
    read(request, response).then((bytes) => {
      try {
        const form = takesForms(request.path) ? formOf(bytes, request.headers['content-type'] ?? '') : null;
        request.body = form ?? parseJsonObject(bytes, { inexactNumbers: true });
      } catch (error) {
        next(error);
        return;
      }
      next();
    }, next);
  };
}

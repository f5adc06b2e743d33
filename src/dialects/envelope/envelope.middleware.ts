import { type RequestHandler } from 'express';
import { type Config } from '../../config/config.js';
import { crossOrigin } from '../../http/cross-origin.js';
import { knownRoutesOnly } from '../../http/known-routes.js';
import { bodyReader } from '../../http/raw-body.js';
import { readObject, requireJson } from './envelope.body.js';
import { EnvelopeVariables } from './envelope.config.js';
import { isPublicCall, methodsOfPath, readsForItself } from './envelope.routes.js';

/** Two keys as text, or 500 ids, are much shorter. */
const SMALL_BODY_BYTES = 64 * 1024;
const HEADERS = 'Authorization, Content-Type, Last-Event-ID, Range';
const EXPOSED = 'Accept-Ranges, Content-Length, Content-Range, ETag, Idempotent-Replayed, Retry-After, X-Request-Id';

/** What runs on the dialect's paths before routing, in this order. */
export function envelopeMiddleware(config: Config): readonly RequestHandler[] {
  const { ENVELOPE_CORS_ORIGINS, ENVELOPE_JSON_DEPTH } = config.section(EnvelopeVariables);
  const common = { methods: 'GET, POST, PUT, PATCH, DELETE', headers: HEADERS, exposed: EXPOSED };
  return [
    neverStored,
    pagesOf(crossOrigin({ ...common, origins: ['*'] }), crossOrigin({ ...common, origins: ENVELOPE_CORS_ORIGINS })),
    knownRoutesOnly(methodsOfPath),
    readBody(ENVELOPE_JSON_DEPTH),
  ];
}

const neverStored: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  response.vary('Authorization, Origin');
  next();
};

/** Calls that need no session are open to pages of any origin; no credentials go along, there are no cookies. */
function pagesOf(all: RequestHandler, listed: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const asked = request.method === 'OPTIONS' ? request.headers['access-control-request-method'] : request.method;
    const isPublic = typeof asked === 'string' && isPublicCall(asked, request.path);
    return (isPublic ? all : listed)(request, response, next);
  };
}

/** Reads the JSON of whatever may change something, except where a flow reads for itself. */
function readBody(depth: number): RequestHandler {
  const read = bodyReader(SMALL_BODY_BYTES);
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || readsForItself(request.path)) {
      next();
      return;
    }
    read(request, response).then((bytes) => {
      try {
        if (bytes.length > 0) requireJson(request);
        request.body = bytes.length > 0 ? readObject(bytes, depth) : {};
      } catch (error) {
        next(error);
        return;
      }
      next();
    }, next);
  };
}

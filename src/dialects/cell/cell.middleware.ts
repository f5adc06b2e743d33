import { type RequestHandler } from 'express';
import { type Config } from '../../config/config.js';
import { bodyReader } from '../../http/raw-body.js';
import { CellVariables } from './cell.config.js';
import { fixedHeaders, PREFLIGHT_METHODS } from './cell.headers.js';
import { headerOverrides, methodOverrides } from './cell.overrides.js';
import { onePath } from './cell.paths.js';

/**
 * A message may name a thousand addresses of 1024 characters and have a text of 64 KiB, each
 * character of which may be escaped.
 */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const OTHER_BYTES_MAX = 256 * 1024;
const MESSAGE_PATH = /^\/[^/]+\/__message\//;
const MAX_AGE_SECONDS = '600';

/** What runs on the dialect's paths before routing, in this order. */
export function cellMiddleware(config: Config): readonly RequestHandler[] {
  return [headers(config.section(CellVariables).CELL_PERSONIUM_VERSION), preflight, headerOverrides, methodOverrides, onePath, readBody()];
}

function headers(version: string): RequestHandler {
  const fixed = fixedHeaders(version);
  return (_request, response, next) => {
    for (const [name, value] of fixed) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    response.vary('Authorization, X-Override');
    next();
  };
}

/** Browsers ask before every call with a token. They are told the same everywhere (CELL-08). */
const preflight: RequestHandler = (request, response, next) => {
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  const asked = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Methods', PREFLIGHT_METHODS);
  response.setHeader('Allow', PREFLIGHT_METHODS);
  if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
  response.setHeader('Access-Control-Max-Age', MAX_AGE_SECONDS);
  response.setHeader('Content-Length', '0');
  response.status(200).end();
};

/** Reads the bytes of a body and leaves them in `request.body`: what they mean is looked at after the token (CELL-21). */
function readBody(): RequestHandler {
  const readMessage = bodyReader(MESSAGE_BYTES_MAX);
  const readOther = bodyReader(OTHER_BYTES_MAX);
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') {
      next();
      return;
    }
    const read = MESSAGE_PATH.test(request.path) ? readMessage : readOther;
    read(request, response).then((bytes) => {
      request.body = bytes;
      next();
    }, next);
  };
}

import { type RequestHandler } from 'express';

/**
 * Middleware that lets a POST stand for another method, named in X-HTTP-Method-Override, for
 * clients that cannot send the method or its body. Runs before routing, and only where a dialect
 * asks for it: everywhere else the header means nothing.
 *
 * @param allowed the methods a POST may stand for, in capitals; others are ignored
 */
export function methodOverride(allowed: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (request.method === 'POST') {
      const wanted = request.headers['x-http-method-override'];
      if (typeof wanted === 'string') {
        const method = wanted.trim().toUpperCase();
        if (allowed.includes(method)) request.method = method;
      }
    }
    next();
  };
}

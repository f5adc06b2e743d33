import { type RequestHandler } from 'express';
import { DomainError } from '../kernel/domain-error.js';

/**
 * Tells an unknown route or method apart before a body is read.
 * @param methodsOf the methods of the route at a path; an empty list where there is none
 */
export function knownRoutesOnly(methodsOf: (path: string) => readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const methods = methodsOf(request.path);
    if (methods.length === 0) next(new DomainError('route_not_found'));
    else if (!methods.includes(request.method)) next(new DomainError('method_not_allowed', { allow: methods }));
    else next();
  };
}

import { type RequestHandler } from 'express';
import { type Config } from '../../../config/config.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { OssnVariables } from './ossn.config.js';
import { OssnFault } from './ossn.faults.js';
import { apiTarget, methodsOfPath } from './ossn.routes.js';
import { refuseGetWrite } from './ossn.writes.js';

/** What runs on the dialect's paths before routing. */
export function ossnMiddleware(config: Config): readonly RequestHandler[] {
  return [optionsAlone, callsOnly(config.section(OssnVariables).OSSN_ALLOW_GET_WRITES)];
}

/** OPTIONS tells what there is and does nothing. */
const optionsAlone: RequestHandler = (request, response, next) => {
  const methods = methodsOfPath(request.path);
  if (request.method !== 'OPTIONS' || methods.length === 0) {
    next();
    return;
  }
  response.setHeader('Allow', [...methods, 'OPTIONS'].join(', '));
  response.setHeader('Cache-Control', 'no-store');
  response.status(204).end();
};

/** Tells unknown versions, unknown names and wrong methods apart before a body is read or a key looked at. */
function callsOnly(allowGetWrites: boolean): RequestHandler {
  return (request, response, next) => {
    const target = apiTarget(request.path);
    if (target === null) {
      next();
      return;
    }
    if (target.kind === 'unknown_version') throw new OssnFault('unknown_version');
    if (target.kind === 'unknown_name') throw new OssnFault('unknown_name');
    if (request.method !== 'GET' && request.method !== 'POST') throw new DomainError('method_not_allowed', { allow: ['GET', 'POST'] });
    if (target.operation.writes) refuseGetWrite(request, allowGetWrites);
    response.setHeader('Cache-Control', 'no-store');
    next();
  };
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type User } from '../../../../core/accounts/user.js';
import { assert } from '../../../../kernel/assert.js';
import { type Id } from '../../../../kernel/id-source.js';

/** Who calls, as his token says. */
export interface PmCaller {
  readonly userId: Id;
  readonly user: User;
  /** moderators and administrators */
  readonly isStaff: boolean;
}

const CALLER = Symbol('PM caller');

/** Ties a caller to his request. */
export function setCaller(request: Request, caller: PmCaller): void {
  (request as { [CALLER]?: PmCaller })[CALLER] = caller;
}

/** Parameter of a route under PmGuard: the PmCaller of the request. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): PmCaller => {
  const caller = (context.switchToHttp().getRequest<Request>() as { [CALLER]?: PmCaller })[CALLER];
  assert(caller, 'the route stands under PmGuard');
  return caller;
});

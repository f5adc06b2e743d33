import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { setCaller } from './caller.js';
import { PmGate } from './pm.gate.js';

/** Lets a request in whose token opens an account, and ties the caller to it. */
@Injectable()
export class PmGuard implements CanActivate {
  constructor(@Inject(PmGate) private readonly gate: PmGate) {}

  /** @throws PmFault 401 without a valid token, 403 for an account that is switched off */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    setCaller(request, await this.gate.admit(request));
    return true;
  }
}

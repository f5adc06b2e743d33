import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { type Clock } from '../../../kernel/clock.js';
import { Metrics } from '../../../kernel/metrics.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { OssnBodies, type ReceivedCall } from './ossn.bodies.js';
import { OssnVariables } from './ossn.config.js';
import { type Envelope, Envelopes } from './ossn.envelope.js';
import { OssnFault } from './ossn.faults.js';
import { type Caller, OssnGate } from './ossn.gate.js';
import { type Operation } from './ossn.operations.js';
import { refuseGetWrite } from './ossn.writes.js';

/** A call that was let in. */
export interface Call extends ReceivedCall {
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
  /** Says that the call changes something although its operation need not. @throws DomainError method_not_allowed */
  asWrite(): void;
}

/** What carries out an operation. @returns the payload */
export type Flow = (call: Call) => Promise<unknown>;

/** Where every call passes: its parameters are read, its key checked, its result wrapped. */
@Injectable()
export class OssnDesk {
  private readonly variables: Readonly<OssnVariables>;
  private readonly envelopes: Envelopes;
  private readonly countRefusal: () => void;

  constructor(
    @Inject(Config) config: Config,
    @Inject(CLOCK) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(OssnBodies) private readonly bodies: OssnBodies,
    @Inject(OssnGate) private readonly gate: OssnGate,
  ) {
    this.variables = config.section(OssnVariables);
    this.envelopes = new Envelopes(config, clock);
    this.countRefusal = metrics.counter('ossn_calls_refused_total', 'Calls answered with another code than 100');
  }

  /**
   * Answers one call.
   * @throws OssnFault, DomainError; the error filter words them
   */
  async answer(operation: Operation, request: Request, response: Response, flow: Flow): Promise<Envelope> {
    try {
      return await this.carryOut(operation, request, response, flow);
    } catch (error) {
      this.countRefusal();
      throw error;
    }
  }

  private carryOut(operation: Operation, request: Request, response: Response, flow: Flow): Promise<Envelope> {
    return this.bodies.with(operation, request, response, async ({ parameters, file }) => {
      const caller = await this.gate.admit(parameters, request, operation);
      if (operation.component !== null && !this.variables.OSSN_COMPONENTS.includes(operation.component)) {
        throw new OssnFault('component_off');
      }
      const asWrite = (): void => refuseGetWrite(request, this.variables.OSSN_ALLOW_GET_WRITES);
      return this.envelopes.success(await flow({ parameters, file, caller, request, response, asWrite }));
    });
  }
}

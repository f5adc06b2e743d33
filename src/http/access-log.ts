import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Logger } from 'pino';
import { logLevelOf } from '../kernel/domain-error.js';
import { PromMetrics } from './prom-metrics.js';
import { type RequestFacts, routePattern } from './request-facts.js';
import { LOGGER } from './tokens.js';

/** What proxies commonly log for a client that did not wait. */
const STATUS_ABORTED = 499;

/**
 * One line and one measurement per request, when its answer is out or its client gone. Holds the
 * pattern of the route, not the path: paths carry ids, queries carry keys.
 */
@Injectable()
export class AccessLog {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: PromMetrics,
  ) {}

  /**
   * @param durationMs since the request's first line was read
   * @param writtenBefore bytes its connection had carried until then
   */
  note(request: Request, response: Response, facts: RequestFacts, durationMs: number, writtenBefore: number): void {
    const dialect = facts.dialect?.name ?? 'house';
    const route = routePattern(request);
    const aborted = !response.writableFinished;
    const status = aborted ? STATUS_ABORTED : response.statusCode;
    const code = facts.errorCode;
    this.metrics.request(dialect, facts.method, route, status, durationMs / 1000);
    this.logger[code === null ? 'info' : logLevelOf(code)](
      {
        request_id: facts.id,
        method: facts.method,
        dialect,
        route,
        status,
        ms: Math.round(durationMs * 100) / 100,
        bytes: request.socket.bytesWritten - writtenBefore,
        ...(code === null ? undefined : { code }),
        ...(aborted ? { aborted } : undefined),
      },
      'request',
    );
  }
}

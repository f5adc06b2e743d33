import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Logger } from 'pino';
import { Config } from '../config/config.js';
import { type Clock } from '../kernel/clock.js';
import { databaseFault } from '../kernel/database-fault.js';
import { DomainError, logLevelOf } from '../kernel/domain-error.js';
import { limits } from '../kernel/limits.js';
import { CLOCK } from '../kernel/tokens.js';
import { type RenderedError } from './dialect.js';
import { discardBody } from './discard.js';
import { describeError } from './error-description.js';
import { toDomainError } from './error-translation.js';
import { houseMethodsOf, renderProblem } from './house.js';
import { closesEarly, linger } from './linger.js';
import { type RequestFacts, requestFacts, routePattern } from './request-facts.js';
import { LOGGER } from './tokens.js';

/** Headers that speak of an answer that is not going to be sent. */
const STALE_HEADERS = [
  'Accept-Ranges', 'Content-Disposition', 'Content-Encoding', 'Content-Length', 'Content-Range', 'ETag', 'Last-Modified', 'Transfer-Encoding',
];
const UNKNOWN: RequestFacts = { id: '-', method: '-', path: '', dialect: null, errorCode: null };

/** Answers a request that failed, whoever noticed: in the words of the path's owner. */
@Injectable()
export class ErrorAnswer {
  constructor(
    private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Translates, logs what an operator must know, and writes the answer. Never throws.
   * Where an answer has begun already, the connection is cut: a client must not take half an
   * answer for a whole one.
   */
  send(thrown: unknown, request: Request, response: Response): void {
    const facts = requestFacts(request) ?? UNKNOWN;
    const allow = facts.dialect ? facts.dialect.methodsOf(facts.path) : houseMethodsOf(facts.path);
    const error = toDomainError(thrown, { method: request.method, allow });
    facts.errorCode = error.code;
    this.log(error, request, facts);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (!request.complete && request.listenerCount('data') === 0) discardBody(request);
    const rendered = this.render(error, request, facts);
    if (closesEarly(request)) void linger(request).then(() => this.write(rendered, error, response));
    else this.write(rendered, error, response);
  }

  private render(error: DomainError, request: Request, facts: RequestFacts): RenderedError {
    if (!facts.dialect) return renderProblem(error, facts.id);
    try {
      return facts.dialect.renderError(error, request, this.config, this.clock);
    } catch (fault) {
      this.logger.error({ request_id: facts.id, dialect: facts.dialect.name, ...describeError(fault) }, 'error cannot be worded');
      return renderProblem(new DomainError('internal'), facts.id);
    }
  }

  private write(rendered: RenderedError, error: DomainError, response: Response): void {
    const body = Buffer.from(JSON.stringify(rendered.body) ?? '');
    for (const name of STALE_HEADERS) response.removeHeader(name);
    response.statusCode = rendered.status;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    const retryAfterSeconds =
      error.facts.retryAfterSeconds ?? (error.code === 'overloaded' ? limits.retry_after_seconds : undefined);
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
    if (error.code === 'method_not_allowed') response.setHeader('Allow', (error.facts.allow ?? []).join(', '));
    for (const [name, value] of Object.entries(rendered.headers ?? {})) response.setHeader(name, value);
    response.setHeader('Content-Length', body.length);
    response.end(body);
  }

  private log(error: DomainError, request: Request, facts: RequestFacts): void {
    const level = databaseRefusal(error) ? 'warn' : logLevelOf(error.code);
    if (level === 'info') return;
    this.logger[level](
      {
        request_id: facts.id,
        dialect: facts.dialect?.name ?? 'house',
        route: routePattern(request),
        code: error.code,
        ...describeError(error.cause ?? error),
      },
      'request failed',
    );
  }
}

/** A value only the database refused: the client's fault, but a check of ours is missing. */
function databaseRefusal(error: DomainError): boolean {
  return (error.code === 'invalid_input' || error.code === 'conflict') && databaseFault(error.cause) !== 'other';
}

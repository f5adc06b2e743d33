import { Inject, Injectable } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { Config } from '../config/config.js';
import { DomainError } from '../kernel/domain-error.js';
import { type IdSource } from '../kernel/id-source.js';
import { limits } from '../kernel/limits.js';
import { ID_SOURCE } from '../kernel/tokens.js';
import { AccessLog } from './access-log.js';
import { type Dialect } from './dialect.js';
import { Drain } from './drain.js';
import { ErrorAnswer } from './error-answer.js';
import { isDocsPath } from './house.js';
import { setRequestFacts } from './request-facts.js';
import { RequestIds } from './request-ids.js';
import { type SecurityHeaders, securityHeaders } from './security-headers.js';
import { isDecodable, Territory } from './territory.js';

/**
 * Everything that happens to a request before the router sees it, in one middleware: its name,
 * its log line, its security headers, whose it is, and what the owning dialect does before
 * routing. One function instead of many, because each step of a router costs time.
 */
@Injectable()
export class Front {
  private readonly requestIds: RequestIds;
  private readonly headers: SecurityHeaders;
  private readonly middleware: ReadonlyMap<Dialect, readonly RequestHandler[]>;

  constructor(
    config: Config,
    private readonly territory: Territory,
    private readonly answer: ErrorAnswer,
    private readonly accessLog: AccessLog,
    private readonly drain: Drain,
    @Inject(ID_SOURCE) ids: IdSource,
  ) {
    this.requestIds = new RequestIds(ids);
    this.headers = securityHeaders(config.publicUrl);
    this.middleware = new Map(territory.dialects.map((dialect) => [dialect, dialect.middleware(config)]));
  }

  /** The middleware. Answers refusals itself; passes on to the router only what it let through. */
  readonly handler: RequestHandler = (request, response, next) => {
    const id = this.requestIds.idFor(request.headers['x-request-id']);
    const path = pathOf(request);
    const dialect = path === null ? null : this.territory.ownerOf(path);
    const facts = { id, method: request.method, path: path ?? '', dialect, errorCode: null };
    setRequestFacts(request, facts);
    this.drain.enter(response);
    const startedMs = performance.now();
    const writtenBefore = request.socket.bytesWritten;
    response.once('close', () => {
      this.drain.leave(response);
      this.accessLog.note(request, response, facts, performance.now() - startedMs, writtenBefore);
    });
    response.setHeader('X-Request-Id', id);
    for (const [name, value] of isDocsPath(facts.path) ? this.headers.docs : this.headers.api) response.setHeader(name, value);

    const refusal = refusalOf(request, path, dialect);
    if (refusal) this.answer.send(refusal, request, response);
    else if (dialect) this.runMiddleware(this.middleware.get(dialect) ?? [], request, response, next);
    else next();
  };

  /** Runs a dialect's middleware one after the other; the first error is answered here. */
  private runMiddleware(list: readonly RequestHandler[], request: Request, response: Response, next: NextFunction): void {
    const fail = (error: unknown): void => this.answer.send(error, request, response);
    const run = (index: number): void => {
      const middleware = list[index];
      if (!middleware) {
        next();
        return;
      }
      try {
        const pending: unknown = middleware(request, response, (error?: unknown) => {
          if (error) fail(error);
          else run(index + 1);
        });
        if (pending instanceof Promise) pending.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
    run(0);
  }
}

/** @returns the path the router is going to match, or null where the target is not one */
function pathOf(request: Request): string | null {
  try {
    // typed as always there, but `*` and other odd targets have none
    const path = request.path as string | null | undefined;
    return typeof path === 'string' && path.startsWith('/') ? path : null;
  } catch {
    return null;
  }
}

/** What no handler shall see. */
function refusalOf(request: Request, path: string | null, dialect: Dialect | null): DomainError | null {
  if (path === null) return new DomainError('route_not_found');
  if (request.url.length > limits.url_bytes_max) return new DomainError('payload_too_large', { limit: limits.url_bytes_max });
  if (!isDecodable(path)) return new DomainError('route_not_found');
  if (request.method === 'HEAD' && dialect && !dialect.headIsSafe(path)) {
    const allow = dialect.methodsOf(path).filter((method) => method !== 'HEAD');
    return allow.length > 0 ? new DomainError('method_not_allowed', { allow }) : new DomainError('route_not_found');
  }
  return null;
}

import { type Type } from '@nestjs/common';
import { type Request, type RequestHandler } from 'express';
import { type Config, type ConfigSection } from '../config/config.js';
import { type Clock } from '../kernel/clock.js';
import { type DomainError } from '../kernel/domain-error.js';

/** What the filter writes to the socket: an error in a dialect's own form. */
export interface RenderedError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as JSON */
  readonly body: unknown;
}

/**
 * A foreign message API as the house sees it: who owns which path, how its requests are read
 * before routing, and how it words an error. Everything else lives in its module.
 */
export interface Dialect {
  /** value in log lines, metrics and headings, and in DIALECTS unless `switch` says otherwise: lower-case letters */
  readonly name: string;
  /** value in DIALECTS of dialects that are switched on and off together */
  readonly switch?: string;
  /** the Nest module with its controllers and providers */
  readonly module: Type<unknown>;
  /** the module that is imported instead where it holds this one beside its siblings */
  readonly family?: Type<unknown>;
  /** its own environment variables */
  readonly config: ConfigSection<object>;
  /** where its routes take `Authorization: Bearer`: what the interface description says of such tokens */
  readonly bearer?: string;
  /** first path segments that no other dialect and no cell may take */
  readonly reservedSegments: readonly string[];
  /**
   * Pure. The owned paths of two dialects are disjoint.
   * @param path decoded-free path without query, beginning with a slash
   */
  owns(path: string): boolean;
  /**
   * Pure. The methods of the route at this path; an empty list where there is none.
   * Serves the difference between an unknown route and a wrong method, and the Allow header.
   */
  methodsOf(path: string): readonly string[];
  /** Pure. Whether HEAD may run the GET handler of this path: only where GET changes nothing. */
  headIsSafe(path: string): boolean;
  /** What runs on owned paths before routing: method override, CORS, body reading. */
  middleware(config: Config): readonly RequestHandler[];
  /**
   * Words an error. Total: every code has an answer. Called for everything thrown on an owned
   * path, whoever threw it. Never shows a cause.
   * @param error the refusal; anything that was not one arrives as code `internal`
   * @param request the request as it came, for facts such as an accepted form
   * @param config for settings that change the answer
   * @param clock for answers that tell the time
   */
  renderError(error: DomainError, request: Request, config: Config, clock: Clock): RenderedError;
}

import { type RequestHandler } from 'express';

const MAX_AGE_SECONDS = 600;

/** What browsers of other origins may do on a dialect's paths. */
export interface CrossOriginRules {
  /** `*`, or origins; an empty list lets nobody in */
  readonly origins: readonly string[];
  /** as Access-Control-Allow-Methods has them */
  readonly methods: string;
  /** request headers, as Access-Control-Allow-Headers has them */
  readonly headers: string;
  /** answer headers, as Access-Control-Expose-Headers has them */
  readonly exposed: string;
}

/**
 * Lets browsers of the listed origins in, and answers their preflights, which need no credentials.
 * Without a list no such header is sent.
 */
export function crossOrigin(rules: CrossOriginRules): RequestHandler {
  const any = rules.origins.includes('*');
  return (request, response, next) => {
    const { origin } = request.headers;
    if (origin === undefined || !(any || rules.origins.includes(origin))) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', any ? '*' : origin);
    response.setHeader('Access-Control-Expose-Headers', rules.exposed);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', rules.methods);
    response.setHeader('Access-Control-Allow-Headers', rules.headers);
    response.setHeader('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
    response.status(204).end();
  };
}

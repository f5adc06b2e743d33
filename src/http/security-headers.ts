import helmet from 'helmet';
import { type IncomingMessage, type ServerResponse } from 'node:http';

/** Header names and values, in the order they are set. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

type HelmetOptions = Exclude<Parameters<typeof helmet>[0], undefined>;

/** The two sets of security headers; a dialect may set any of them otherwise for an answer. */
export interface SecurityHeaders {
  /** for data: nothing in it may run, load or be framed */
  readonly api: HeaderList;
  /** for the interface description, which brings its own scripts and styles */
  readonly docs: HeaderList;
}

const OFF = {
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} satisfies HelmetOptions;

/**
 * Asks helmet once for the headers, so that a request pays only for setting them.
 *
 * @param publicUrl Strict-Transport-Security is sent only where clients come by https
 */
export function securityHeaders(publicUrl: string): SecurityHeaders {
  const common = {
    ...OFF,
    strictTransportSecurity: publicUrl.startsWith('https:') ? { includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  } satisfies HelmetOptions;
  return {
    api: headersOf({
      ...common,
      crossOriginOpenerPolicy: false,
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
    docs: headersOf({
      ...common,
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          // swagger-ui styles its page inline
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
    }),
  };
}

function headersOf(options: HelmetOptions): HeaderList {
  const list: [string, string][] = [];
  const response = {
    setHeader: (name: string, value: string) => list.push([name, value]),
    removeHeader: () => undefined,
  } as unknown as ServerResponse;
  helmet(options)({} as IncomingMessage, response, (error?: unknown) => {
    if (error instanceof Error) throw error;
  });
  return list;
}

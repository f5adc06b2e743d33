import { type IncomingHttpHeaders } from 'node:http';
import { invalid, missing } from './keyinbox.faults.js';

/** A JSON object of a request. Its own members only; the edge has dropped the dangerous names. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a request brings parameters in. */
export interface ParameterSources {
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
}

/**
 * The parameters of one request: members of the JSON body, and for clients that cannot send one
 * with GET, some headers and query parameters. Each is taken from the first source that has it:
 * body, header, query. A private key is never taken from the query, which ends up in logs.
 */
export class Parameters {
  private readonly body: JsonObject;
  private readonly query: JsonObject;
  private readonly headers: IncomingHttpHeaders;

  constructor({ body, headers, query }: ParameterSources) {
    this.body = isObject(body) ? body : {};
    this.query = isObject(query) ? query : {};
    this.headers = headers;
  }

  /** whether the request had no body, or an empty object, which counts as the same */
  get bodyIsEmpty(): boolean {
    return Object.keys(this.body).length === 0;
  }

  /** @returns the member of the body, undefined where there is none */
  fromBody(name: string): unknown {
    return member(this.body, name);
  }

  /** @returns the sender's or reader's key as given; undefined where it is absent */
  get privateKey(): unknown {
    return first(this.fromBody('private_key'), authorizationKey(this.headers.authorization), this.headers['x-sls-private-key']);
  }

  /** @returns the other side's key as given; undefined where it is absent */
  get publicKey(): unknown {
    return first(this.fromBody('public_key'), this.headers['x-sls-public-key'], member(this.query, 'public_key'));
  }

  /** @returns inbox or sent as given; undefined where it is absent */
  get folder(): unknown {
    return first(this.fromBody('folder'), member(this.query, 'folder'));
  }

  /** @returns a contract's id as given; undefined where it is absent */
  get id(): unknown {
    return first(this.fromBody('id'), member(this.query, 'id'));
  }

  /** @returns a query parameter as given; undefined where it is absent */
  fromQuery(name: string): unknown {
    return member(this.query, name);
  }
}

/** @returns the value, if it is there at all. @throws KeyInboxFault missing_parameter */
export function required(name: string, value: unknown): unknown {
  if (value === undefined || value === null) throw missing(name);
  return value;
}

/** @returns the value as text. @throws KeyInboxFault invalid_parameter */
export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(name);
  return value;
}

/** @returns the value as an object. @throws KeyInboxFault invalid_parameter */
export function object(name: string, value: unknown): JsonObject {
  if (!isObject(value)) throw invalid(name);
  return value;
}

/** @returns the member of an object, undefined where it has none of its own */
export function member(from: JsonObject, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** null counts as given: "null" in the body says "none" and outdoes a header */
function first(...values: readonly unknown[]): unknown {
  return values.find((value) => value !== undefined);
}

function authorizationKey(header: string | undefined): string | undefined {
  return /^PrivateKey +(\S+)$/i.exec(header?.trim() ?? '')?.[1];
}

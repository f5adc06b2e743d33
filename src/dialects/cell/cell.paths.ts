import { type Request, type RequestHandler } from 'express';
import { type DomainError } from '../../kernel/domain-error.js';
import { cellNameOf } from './cell.routes.js';
import { type EntityKey, type EntityPath, type EntityRef, parseEntityPath } from './odata/entity-path.js';
import { ODataFault } from './odata/odata.fault.js';

/** What the address of a request under `__ctl/` says. */
export interface ControlAddress {
  /** null where it is no address of this kind */
  readonly path: EntityPath | null;
  /** set where a key is broken; kept until it is known that the cell exists */
  readonly fault: DomainError | null;
}

const ADDRESS = Symbol('Cell control address');
const CONTROL_PATH = /^((?:\/[^/]+)?\/__ctl)\/(.+)$/s;

/**
 * Brings addresses and methods into the one form that routes are declared in: no final slash,
 * keys percent-encoded as a whole (they may hold slashes), MERGE as PATCH, ACL of a cell as PUT
 * of its `__acl`. The router knows neither of these two methods.
 */
export const onePath: RequestHandler = (request, _response, next) => {
  if (request.method === 'MERGE') request.method = 'PATCH';
  const { path } = request;
  const query = queryStringOf(request);
  const tail = query === '' ? '' : `?${query}`;
  const control = CONTROL_PATH.exec(path);
  if (control) {
    const address = addressOf(decodeURIComponent(control[2] ?? ''));
    (request as { [ADDRESS]?: ControlAddress })[ADDRESS] = address;
    if (address.path) request.url = `${control[1]}/${written(address.path)}${tail}`;
  } else if (request.method === 'ACL') {
    const name = cellNameOf(path);
    if (name !== null && (path === `/${name}` || path === `/${name}/`)) {
      request.method = 'PUT';
      request.url = `/${name}/__acl${tail}`;
    }
  } else if (path.length > 1 && path.endsWith('/')) {
    request.url = `${path.slice(0, -1)}${tail}`;
  }
  next();
};

/** @returns what the address says, null where it is not under `__ctl/` */
export function controlAddressOf(request: Request): ControlAddress | null {
  return (request as { [ADDRESS]?: ControlAddress })[ADDRESS] ?? null;
}

/**
 * @returns the set, key and navigation that a request under `__ctl/` names
 * @throws ODataFault PR400-OD-0004 when a key is broken, or when there is no such address
 */
export function entityPathOf(request: Request): EntityPath {
  const address = controlAddressOf(request);
  if (address?.fault) throw address.fault;
  if (!address?.path) throw new ODataFault('PR400-OD-0004');
  return address.path;
}

/** @returns the query string of a request, still encoded, without the question mark */
export function queryStringOf(request: Request): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}

function addressOf(text: string): ControlAddress {
  try {
    return { path: parseEntityPath(text), fault: null };
  } catch (error) {
    if (error instanceof ODataFault) return { path: null, fault: error };
    throw error;
  }
}

function written({ links, navigation, ...entity }: EntityPath): string {
  const tail = navigation ? `/${links ? '$links/' : ''}${refText(navigation)}` : '';
  return `${refText(entity)}${tail}`;
}

function refText({ set, key }: EntityRef): string {
  return key ? `${set}(${encodeURIComponent(keyText(key))})` : set;
}

function keyText(key: EntityKey): string {
  if (key.kind === 'single') return quoted(key.value);
  return [...key.values].map(([name, value]) => `${name}=${value === null ? 'null' : quoted(value)}`).join(',');
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

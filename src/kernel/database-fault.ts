import { types } from 'node:util';

/** Also true for errors of Node itself where code runs in a context of its own. */
const { isNativeError } = types;

/** What a database error means for the request that met it. */
export type DatabaseFault =
  /** the database is away, full or refusing: the request may be tried again later */
  | 'away'
  /** two transactions met; the whole transaction may be run again at once */
  | 'collision'
  /** a unique key was taken */
  | 'taken'
  /** the values themselves were refused */
  | 'bad_value'
  /** not a database error, or one that means a fault of ours */
  | 'other';

const AWAY_SOCKET_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES',
]);
/** Texts of the driver for faults that carry no code. */
const AWAY_TEXTS = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'not queryable',
];

/**
 * Reads the class of a database error from its code.
 *
 * @param error whatever was thrown by the driver, or wrapped by the ORM (`driverError`)
 * @returns the meaning; never looks at values or parameters
 */
export function databaseFault(error: unknown): DatabaseFault {
  const fault = driverError(error);
  if (!fault) return 'other';
  const code = typeof fault.code === 'string' ? fault.code : '';
  if (/^[0-9A-Z]{5}$/.test(code) && !AWAY_SOCKET_CODES.has(code)) return meaningOfState(code);
  if (AWAY_SOCKET_CODES.has(code)) return isConnectFault(fault) ? 'away' : 'other';
  return AWAY_TEXTS.some((text) => fault.message.includes(text)) ? 'away' : 'other';
}

/** @param state an SQLSTATE of five characters */
function meaningOfState(state: string): DatabaseFault {
  if (state === '40001' || state === '40P01') return 'collision';
  if (state === '23505') return 'taken';
  const kind = state.slice(0, 2);
  if (kind === '22' || kind === '23') return 'bad_value';
  // connection, login, missing database, insufficient resources, operator intervention (57014 is our own time limit),
  // a standby that takes no writes, input/output errors of the server
  const awayKinds = ['08', '28', '3D', '53', '57', '58'];
  if (awayKinds.includes(kind) || state === '25006' || state === '55P03') return 'away';
  return 'other';
}

/** File faults carry the same codes; only those of sockets speak of the database. */
function isConnectFault(fault: DriverError): boolean {
  return fault.syscall === undefined || ['connect', 'read', 'write', 'getaddrinfo'].includes(fault.syscall);
}

interface DriverError {
  readonly message: string;
  readonly code?: unknown;
  readonly syscall?: string;
}

function driverError(error: unknown): DriverError | null {
  if (!isNativeError(error)) return null;
  const { errors } = error as { errors?: unknown };
  if (Array.isArray(errors) && isNativeError(errors[0])) return errors[0];
  const wrapped = (error as { driverError?: unknown }).driverError;
  return isNativeError(wrapped) ? wrapped : error;
}

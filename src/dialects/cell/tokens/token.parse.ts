import { isUtf8 } from 'node:buffer';
import { CellFault } from '../cell.faults.js';
import { type CellUrls } from '../cell.urls.js';

const ACCESS_SECONDS_MAX = 3600;
const REFRESH_SECONDS_MAX = 86_400;

/** What a request for a token says. */
export interface TokenRequest {
  readonly grant:
    | { readonly kind: 'password'; readonly username: string; readonly password: string }
    | { readonly kind: 'refresh'; readonly refreshToken: string };
  /** address of the cell the token is to be for, normalised; null: the cell that makes it */
  readonly target: string | null;
  /** the app that asks, and what proves it */
  readonly client: { readonly id: string | null; readonly secret: string } | null;
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
}

/**
 * Reads a form (CELL-11), whatever its content type says. Of a name given twice the first counts.
 *
 * @throws CellFault PR400-AN-0001, 0002, 0003, 0016; nothing of what was given is told back
 */
export function parseTokenRequest(bytes: Buffer, urls: CellUrls): TokenRequest {
  if (!isUtf8(bytes)) throw invalid('grant_type');
  const form = new URLSearchParams(bytes.toString('utf8'));
  const grantType = required(form, 'grant_type');
  if (grantType !== 'password' && grantType !== 'refresh_token') throw new CellFault('PR400-AN-0001');
  const target = targetOf(form, urls);
  const accessSeconds = secondsOf(form, 'expires_in', ACCESS_SECONDS_MAX);
  const refreshSeconds = secondsOf(form, 'refresh_token_expires_in', REFRESH_SECONDS_MAX);
  const client = clientOf(form, urls);
  const grant =
    grantType === 'password'
      ? ({ kind: 'password', username: required(form, 'username'), password: required(form, 'password') } as const)
      : ({ kind: 'refresh', refreshToken: required(form, 'refresh_token') } as const);
  return { grant, target, client, accessSeconds, refreshSeconds };
}

function targetOf(form: URLSearchParams, urls: CellUrls): string | null {
  const text = form.get('p_target');
  if (text === null || text === '') return null;
  const target = urls.normalise(text);
  if (target === null) throw new CellFault('PR400-AN-0002');
  return target;
}

function clientOf(form: URLSearchParams, urls: CellUrls): TokenRequest['client'] {
  const [id, secret] = [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  if (id === '' && secret === '') return null;
  if (id === '') throw invalid('client_id');
  if (secret === '') throw new CellFault('PR400-AN-0003');
  return { id: urls.normalise(id), secret };
}

function secondsOf(form: URLSearchParams, name: string, max: number): number {
  const text = form.get(name);
  if (text === null) return max;
  const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > max) throw invalid(name);
  return seconds;
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === '') throw invalid(name);
  return value;
}

function invalid(name: string): CellFault {
  return new CellFault('PR400-AN-0016', name);
}

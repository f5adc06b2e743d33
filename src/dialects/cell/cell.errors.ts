import { type Config } from '../../config/config.js';
import { type RenderedError } from '../../http/dialect.js';
import { type DomainError, type ErrorCode } from '../../kernel/domain-error.js';
import { MessageRefusal } from '../../core/cell/messages/message-refusal.js';
import { CellVariables } from './cell.config.js';
import { type CellCode, CellFault, sentence, statusOf } from './cell.faults.js';
import { fixedHeaders } from './cell.headers.js';
import { cellNameOf, isTokenPath } from './cell.routes.js';
import { refusalWords } from './messages/message.words.js';
import { ODataFault } from './odata/odata.fault.js';

/** Every error code of the core and the edge has its code here; flows that know better throw a CellFault. */
const ERRORS = {
  unauthenticated: 'PR401-AU-0001',
  forbidden: 'PR403-AU-0002',
  sender_unknown: 'PR404-DV-0003',
  recipient_unknown: 'PR404-DV-0003',
  not_followed: 'PR403-AU-0002',
  message_not_found: 'PR404-OD-0002',
  blank_message: 'PR400-OD-0006',
  too_long: 'PR400-OD-0006',
  too_many_recipients: 'PR400-SM-0003',
  attachment_refused: 'PR400-OD-0006',
  already_decided: 'PR400-OD-0006',
  duplicate: 'PR409-OD-0003',
  conflict: 'PR409-OD-0003',
  quota_exceeded: 'PR403-AU-0002',
  undecryptable: 'PR400-OD-0006',
  feature_off: 'PR403-AU-0002',
  invalid_input: 'PR400-OD-0006',
  malformed_body: 'PR400-OD-0001',
  payload_too_large: 'PR413-MC-0001',
  route_not_found: 'PR404-MC-0001',
  method_not_allowed: 'PR405-MC-0001',
  rate_limited: 'PR429-MC-0001',
  overloaded: 'PR503-SV-0000',
  internal: 'PR500-SV-0000',
} as const satisfies Record<ErrorCode, CellCode>;

/** Words of RFC 6749 for codes that have one of their own. */
const GRANT_WORDS: Readonly<Record<string, string>> = {
  'PR400-AN-0001': 'unsupported_grant_type',
  'PR400-AN-0003': 'invalid_client',
  'PR400-AN-0004': 'invalid_client',
  'PR400-AN-0006': 'invalid_client',
  'PR400-AN-0007': 'invalid_client',
  'PR400-AN-0009': 'invalid_grant',
  'PR400-AN-0010': 'invalid_grant',
  'PR400-AN-0013': 'invalid_grant',
  'PR400-AN-0017': 'invalid_grant',
};

/**
 * Words an error: as code and message, or under __token as RFC 6749 has it. The headers that
 * every answer has are set here, too, because some refusals come before the middleware.
 *
 * @param path of the request, to tell which cell it was about
 */
export function renderCellError(error: DomainError, path: string, config: Config): RenderedError {
  const [code, text] = wordsOf(error);
  const status = statusOf(code);
  const headers: Record<string, string> = Object.fromEntries(fixedHeaders(config.section(CellVariables).CELL_PERSONIUM_VERSION));
  if (isTokenPath(path)) {
    headers.Pragma = 'no-cache';
    return { status, headers, body: { error: grantWord(code, status), error_description: `[${code}] - ${text}` } };
  }
  if (status === 401) headers['WWW-Authenticate'] = `Bearer realm="${realmOf(path, config.publicUrl)}"`;
  return { status, headers, body: { code, message: { lang: 'en', value: text } } };
}

function wordsOf(error: DomainError): [code: string, text: string] {
  if (error instanceof CellFault || error instanceof ODataFault) return [error.wireCode, error.text];
  if (error instanceof MessageRefusal) return refusalWords(error);
  const code = ERRORS[error.code];
  return [code, sentence(code, error.facts.field ?? '')];
}

function grantWord(code: string, status: number): string {
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  return GRANT_WORDS[code] ?? (status === 500 ? 'server_error' : 'invalid_request');
}

function realmOf(path: string, publicUrl: string): string {
  const name = cellNameOf(path);
  return name === null ? `${publicUrl}/` : `${publicUrl}/${name}/`;
}

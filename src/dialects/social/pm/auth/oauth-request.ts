import { type PmClientInfo } from '../../../../core/pm/pm-clients.js';
import { OAuthFault } from './oauth-errors.js';
import { SCOPE } from './oauth.model.js';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** What an application asks a person for, checked. */
export interface CodeRequest {
  readonly client: PmClientInfo;
  readonly redirectUri: string;
  readonly state: string | undefined;
  /** SHA-256 of what the application will show, base64url; null where it shows its secret */
  readonly challenge: string | null;
}

/** The parameters of an authorization request, as given. */
export type CodeParameters = Readonly<Record<string, string | undefined>>;

/** Names of the parameters, in the order of the standard. */
export const CODE_PARAMETERS = ['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method'] as const;

/**
 * Finds where the browser may be sent: one of the addresses the client was registered with,
 * letter by letter.
 * @returns null where it must not be sent anywhere
 */
export function redirectOf(client: PmClientInfo | null, parameters: CodeParameters): string | null {
  if (client === null || !client.grants.includes('authorization_code')) return null;
  const { redirect_uri: given } = parameters;
  if (given === undefined) return client.redirectUris.length === 1 ? (client.redirectUris[0] ?? null) : null;
  return client.redirectUris.includes(given) ? given : null;
}

/** Checks everything else. @throws OAuthFault for the client to be told */
export function codeRequestOf(client: PmClientInfo, redirectUri: string, parameters: CodeParameters): CodeRequest {
  const { response_type: type, scope, state, code_challenge: challenge, code_challenge_method: method } = parameters;
  if (type === undefined) throw new OAuthFault('invalid_request', 'Missing parameter: response_type');
  if (type !== 'code') throw new OAuthFault('unsupported_response_type', 'Only response_type code is supported');
  const words = scope?.split(/ +/).filter((word) => word !== '').sort();
  if (words !== undefined && words.join(' ') !== SCOPE.join(' ')) throw new OAuthFault('invalid_scope', 'The scope is: read write');
  if (challenge === undefined && !client.hasSecret) throw new OAuthFault('invalid_request', 'Missing parameter: code_challenge');
  if (challenge !== undefined && (!CHALLENGE.test(challenge) || method !== 'S256')) {
    throw new OAuthFault('invalid_request', 'code_challenge_method is S256, and code_challenge made so');
  }
  return { client, redirectUri, state, challenge: challenge ?? null };
}

/** @returns the address of the client with the outcome in it */
export function outcomeUrl(redirectUri: string, state: string | undefined, outcome: Readonly<Record<string, string>>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}

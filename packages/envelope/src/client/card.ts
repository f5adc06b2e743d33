import { decodeBase64Url, encodeBase64Url } from '../base/base64.js';
import { decodeUtf8, encodeUtf8 } from '../base/bytes.js';
import { parseDate } from '../base/dates.js';
import { canonicalize } from '../base/jcs.js';
import { isObject, parseObject } from '../base/json.js';
import { FINGERPRINT, TOKEN, USER_ID } from '../base/limits.js';
import { parseAddress, writeAddress } from './address.js';
import { UsageError } from './errors.js';

/** How to reach somebody: address, token and pins together. As secret as its token. */
export interface ContactCard {
  readonly v: 1;
  /** name@host[:port] */
  readonly address: string;
  readonly base_url: string;
  readonly user_id: string;
  /** access token for the sender */
  readonly token: string;
  /** fingerprint of the user's identity key */
  readonly identity_fp: string;
  /** fingerprint of the server's identity key */
  readonly server_fp: string;
  /** suites the user's server takes */
  readonly algorithms: readonly string[];
  /** RFC 3339; a newer card takes the place of an older one */
  readonly issued_at: string;
}

/** Reads a card: JSON, `https://host/c#...` or `envelope:...`. @throws UsageError */
export function parseCard(text: string): ContactCard {
  const trimmed = text.trim();
  const encoded = /^(?:https?:\/\/[^\s#]+#|envelope:)([A-Za-z0-9_-]+)$/.exec(trimmed)?.[1];
  const bytes = encoded === undefined ? undefined : decodeBase64Url(encoded);
  const json = encoded === undefined ? trimmed : bytes && decodeUtf8(bytes);
  return readCard(json === undefined ? undefined : parseObject(json));
}

/** Checks a value that should be a card. Members that are not known are left out. @throws UsageError */
export function readCard(value: unknown): ContactCard {
  if (!isObject(value) || value.v !== 1) throw new UsageError('This is no contact card.');
  const { address, base_url, user_id, token, identity_fp, server_fp, algorithms, issued_at } = value;
  const damaged = new UsageError('The contact card is damaged.');
  if (typeof address !== 'string' || !matches(base_url, /^https?:\/\//) || !matches(user_id, USER_ID) || !matches(token, TOKEN)) throw damaged;
  if (!matches(identity_fp, FINGERPRINT) || !matches(server_fp, FINGERPRINT)) throw damaged;
  if (!Array.isArray(algorithms) || !algorithms.every((algorithm) => typeof algorithm === 'string')) throw damaged;
  if (typeof issued_at !== 'string' || parseDate(issued_at) === undefined) throw damaged;
  return {
    v: 1,
    address: writeAddress(parseAddress(address)),
    base_url,
    user_id,
    token,
    identity_fp,
    server_fp,
    algorithms,
    issued_at,
  };
}

/** The card as a link: what stands behind # never reaches a server. */
export function cardLink(card: ContactCard): string {
  return `${card.base_url.replace(/\/$/, '')}/c#${encodeCard(card)}`;
}

/** The card as a URI of our own. */
export function cardUri(card: ContactCard): string {
  return `envelope:${encodeCard(card)}`;
}

function encodeCard(card: ContactCard): string {
  return encodeBase64Url(encodeUtf8(canonicalize(card)));
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

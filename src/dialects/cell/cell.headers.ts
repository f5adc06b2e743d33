import { type HeaderList } from '../../http/security-headers.js';

const EXPOSED = 'Location, ETag, DataServiceVersion, X-Personium-Version, Idempotent-Replayed, Retry-After, X-Request-Id';

/** What a preflight is told, whatever it asks for. */
export const PREFLIGHT_METHODS = 'OPTIONS, GET, POST, PUT, DELETE, HEAD, MERGE, MKCOL, MOVE, PROPFIND, PROPPATCH, ACL';

/**
 * The headers of every answer, errors included (CELL-07). There is no cookie here and never a
 * header that lets credentials of browsers in, so pages of any origin may read what they have a token for.
 *
 * @param version what clients are told of the server
 */
export function fixedHeaders(version: string): HeaderList {
  return [
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Expose-Headers', EXPOSED],
    ['X-Personium-Version', version],
    ['Cross-Origin-Resource-Policy', 'cross-origin'],
  ];
}

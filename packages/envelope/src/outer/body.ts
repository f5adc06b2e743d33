import { decodeBase64 } from '../base/base64.js';
import { type Bytes } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { isObject } from '../base/json.js';
import { FINGERPRINT } from '../base/limits.js';
import { findSuite, type Suite, SUITE_IDS, type SuiteId } from '../suites/registry.js';

/** A body that passed all checks which need no key. */
export interface OuterBody {
  readonly suite: Suite;
  readonly password: Bytes;
  readonly data: Bytes;
  /** fingerprint of the server key it is sealed to, where the sender says so */
  readonly kid?: string;
}

/**
 * Checks the body of `POST /api/v1/message` as far as no key is needed: steps 2 to 4, in this order.
 *
 * @param value the parsed JSON
 * @param enabled suites that are switched on; the others count as unknown
 * @throws EnvelopeError `malformed_request`, or `unknown_algorithm` in layer `envelope`
 */
export function parseOuterBody(value: unknown, enabled: readonly SuiteId[] = SUITE_IDS): OuterBody {
  if (!isObject(value)) throw new EnvelopeError('malformed_request');
  const { data, algorithm, password, kid } = value;
  if (!isFilled(data) || !isFilled(algorithm) || !isFilled(password)) throw new EnvelopeError('malformed_request');
  const suite = findSuite(algorithm);
  if (suite === undefined || !enabled.includes(suite.id)) throw new EnvelopeError('unknown_algorithm', 'envelope');
  const wrapped = decodeBase64(password);
  const sealed = decodeBase64(data);
  if (wrapped === undefined || sealed === undefined) throw new EnvelopeError('malformed_request');
  if (kid === undefined) return { suite, password: wrapped, data: sealed };
  if (typeof kid !== 'string' || !FINGERPRINT.test(kid)) throw new EnvelopeError('malformed_request');
  return { suite, password: wrapped, data: sealed, kid };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

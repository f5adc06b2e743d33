import { type SecretSpec } from './config.js';

/** Words that stand in examples and instructions, never in a value from a random generator. */
const EXAMPLE_WORDS = /example|change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|it)|your[-_ ]|placeholder|password|secret|insert[-_ ]/i;
const DISTINCT_CHARACTERS_MIN = 8;

/**
 * @param spec the secret
 * @param value what was given
 * @param examplesAllowed true in tests, which use published vectors, and for secrets made here
 * @returns the rule that the value breaks, or undefined. Never quotes the value.
 */
export function brokenSecretRule(spec: SecretSpec, value: string, examplesAllowed: boolean): string | undefined {
  if (Buffer.byteLength(value, 'utf8') < spec.bytesMin) return `must be at least ${spec.bytesMin} bytes long`;
  if (/[\0-\x1f\x7f]/.test(value)) return 'must not contain control characters';
  if (examplesAllowed) return undefined;
  if (EXAMPLE_WORDS.test(value)) return 'is an example value: make one of your own, such as `openssl rand -base64 32` prints';
  if (new Set(value).size < DISTINCT_CHARACTERS_MIN) {
    return `must have at least ${DISTINCT_CHARACTERS_MIN} different characters`;
  }
  return undefined;
}

/** @returns the items of NAME_PREVIOUS: its lines, or where there is one line only, its comma-separated parts */
export function splitPrevious(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return (lines.length > 1 ? lines : text.split(',')).map((item) => item.trim()).filter((item) => item !== '');
}

import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';

const PREFIX = '0xSID';
const TAIL_ALPHABET = '0123456789abcdefghijklmnopqrstuv';
/** 20 characters of 5 bits: 100 bits that nobody can guess */
const TAIL_LENGTH = 20;
const MICROSECONDS_IN_MS = 1000;

/**
 * Makes the public id of a message: `0xSID`, the unix second as 8 and the microsecond within it
 * as 5 hex digits, the server's instance name, and a random tail.
 *
 * @param instance SKYID_INSTANCE, up to 8 letters and digits
 * @returns letters and digits only, at most 46 of them
 */
export function makeSkyId(clock: Clock, ids: IdSource, instance: string): string {
  const random = ids.bytes(TAIL_LENGTH + 2);
  const nowMs = clock.now();
  const second = Math.floor(nowMs / 1000);
  // the clock counts milliseconds; the digits below are as good as random
  const microsecond = (nowMs - second * 1000) * MICROSECONDS_IN_MS + (random.readUInt16BE(TAIL_LENGTH) % MICROSECONDS_IN_MS);
  let tail = '';
  for (let index = 0; index < TAIL_LENGTH; index += 1) tail += TAIL_ALPHABET.charAt((random[index] ?? 0) & 31);
  return `${PREFIX}${hex(second, 8)}${hex(microsecond, 5)}${instance}${tail}`;
}

/** @returns whether a path element can be a message id; anything else is an unknown route */
export function isSkyIdShape(text: string): boolean {
  return /^[A-Za-z0-9]+$/.test(text);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

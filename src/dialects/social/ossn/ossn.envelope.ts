import { type Config } from '../../../config/config.js';
import { type Clock } from '../../../kernel/clock.js';
import { OssnVariables } from './ossn.config.js';

/** The form of every answer. The order of its members is that on the wire. */
export interface Envelope<T = unknown> {
  readonly merchant: string;
  readonly url: string;
  readonly time_token: number;
  readonly payload: T;
  readonly code: string;
  readonly message: string | number;
}

const CODE_DONE = '100';
const MESSAGE_DONE = 'Request successfully executed';

/** @returns the address in every URL of this dialect, with a slash at its end */
export function baseUrl(config: Config): string {
  return `${config.section(OssnVariables).OSSN_BASE_URL ?? config.publicUrl}/`;
}

/** @returns whole seconds since the Unix epoch */
export function unixSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

/** Wraps results and refusals of one site. */
export class Envelopes {
  private readonly merchant: string;
  private readonly url: string;

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    this.merchant = config.section(OssnVariables).OSSN_SITE_NAME;
    this.url = baseUrl(config);
  }

  /** @returns the answer to a call that was carried out */
  success<T>(payload: T): Envelope<T> {
    return this.wrap(payload, CODE_DONE, MESSAGE_DONE);
  }

  /** @returns the answer to a call that was not */
  failure(code: string, message: string | number): Envelope<false> {
    return this.wrap<false>(false, code, message);
  }

  private wrap<T>(payload: T, code: string, message: string | number): Envelope<T> {
    return { merchant: this.merchant, url: this.url, time_token: unixSeconds(this.clock.now()), payload, code, message };
  }
}

import { type UploadTold } from '../../../../core/pm/upload-intake.js';
import { fieldFault, notFound } from '../pm.faults.js';
import { fileName } from './file-names.js';

/** Earlier clients put this before the name of every field. */
const OLD_PREFIX = 'qq';
/** A file of the largest size in the small parts that browsers send has far fewer. */
export const PARTS_MAX = 10_000;
/** What could be the name of an upload; anything else is the name of none. */
const UUID = /^[0-9A-Za-z-]{1,64}$/;
/** What scripts make of a value they do not have. */
const UNSET = new Set(['', 'null', 'undefined']);

/** The fields of an upload, whatever form the body had. */
export class UploadFields {
  constructor(private readonly members: Readonly<Record<string, unknown>>) {}

  /** @returns null where the field is not given. @throws PmFault where it is no text */
  text(name: string): string | null {
    const given = this.members[name] ?? this.members[`${OLD_PREFIX}${name}`];
    const value: unknown = Array.isArray(given) ? given.at(-1) : given;
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string' && typeof value !== 'number') throw fieldFault(name, 'invalid', 'Not a valid string.');
    const text = String(value);
    return UNSET.has(text) ? null : text;
  }

  /** @returns null where the field is not given. @throws PmFault unless it is a whole number in this range */
  whole(name: string, min: number, max: number): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw fieldFault(name, 'invalid', 'A valid integer is required.');
    return value;
  }

  /** @returns the name of an upload; null where the field is not given. @throws PmFault 400, 404 */
  uuid(name: string): string | null {
    const text = this.text(name);
    if (text !== null && !UUID.test(text)) throw notFound();
    return text;
  }

  /** What is told of the whole file. @throws PmFault */
  told(): UploadTold {
    const name = this.text('filename');
    return {
      name: name === null ? null : fileName(name),
      size: this.whole('totalfilesize', 0, Number.MAX_SAFE_INTEGER),
      md5: this.md5(),
      duration: this.duration(),
      partsTotal: this.whole('totalparts', 1, PARTS_MAX),
    };
  }

  private md5(): string | null {
    const text = this.text('md5');
    if (text !== null && !/^[0-9a-fA-F]{32}$/.test(text)) throw fieldFault('md5', 'invalid', 'An MD5 has 32 hexadecimal digits.');
    return text;
  }

  private duration(): number | null {
    const text = this.text('duration');
    if (text === null) return null;
    if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) throw fieldFault('duration', 'invalid', 'A number of seconds is required.');
    return Number(text);
  }
}

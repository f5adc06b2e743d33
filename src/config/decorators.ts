import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** Stands in for a text that a setting cannot take, so that the text itself goes no further. */
const REFUSED = Symbol('refused');

/** How the text of a variable becomes its property. */
export interface SettingRule<T> {
  /** reads on from the variable's name: "must be …"; must not quote what was given */
  readonly expects: string;
  /** @returns the value, or undefined when the text breaks the rule. The text is trimmed and not empty. */
  readonly parse: (text: string) => T | undefined;
}

/** A setting with its own rule. The other decorators of this file are made of it. */
export function Setting<T>(rule: SettingRule<T>): PropertyDecorator {
  const transform = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (rule.parse(value.trim()) ?? REFUSED) : value,
  );
  const validate = ValidateBy({
    name: 'setting',
    validator: { validate: (value: unknown) => value !== REFUSED, defaultMessage: () => rule.expects },
  });
  return (target, property) => {
    transform(target, property);
    validate(target, property);
  };
}

/** true or false, written true, false, 1 or 0 in any letter case; nothing else. */
export function Flag(): PropertyDecorator {
  const words: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
  return Setting({
    expects: 'must be true, false, 1 or 0',
    parse: (text) => (Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : undefined),
  });
}

/** A whole decimal number within bounds, both included. */
export function WholeNumber(bounds: { readonly min: number; readonly max: number }): PropertyDecorator {
  return Setting({
    expects: `must be a whole number from ${bounds.min} to ${bounds.max}`,
    parse: (text) => within(bounds, /^\d{1,15}$/.test(text) ? Number(text) : undefined),
  });
}

const UNIT_BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A number of bytes, plain or with the suffix B, K, M or G (powers of 1024). The property is a number. */
export function ByteSize(bounds: { readonly min: number; readonly max: number }): PropertyDecorator {
  return Setting({
    expects: `must be a size from ${bounds.min} to ${bounds.max} bytes, such as 1048576, 1024K or 1M`,
    parse: (text) => {
      const match = /^(\d{1,15})\s*([bkmg]?)$/i.exec(text);
      if (!match) return undefined;
      const unitBytes = UNIT_BYTES[(match[2] ?? '').toLowerCase() || 'b'] ?? 1;
      return within(bounds, Number(match[1]) * unitBytes);
    },
  });
}

/** One of a few words, in the letter case given here. */
export function OneOf(words: readonly string[]): PropertyDecorator {
  return Setting({
    expects: `must be one of: ${words.join(', ')}`,
    parse: (text) => (words.includes(text) ? text : undefined),
  });
}

/** A text that matches a pattern. */
export function Text(rule: { readonly matches: RegExp; readonly expects: string }): PropertyDecorator {
  return Setting({ expects: rule.expects, parse: (text) => (rule.matches.test(text) ? text : undefined) });
}

/** A comma-separated list; blanks around items and empty items do not count. The property is a frozen array. */
export function CommaList(rule: {
  readonly expects: string;
  /** every item must pass */
  readonly item: (item: string) => boolean;
}): PropertyDecorator {
  return Setting({
    expects: rule.expects,
    parse: (text) => {
      const items = splitList(text);
      return items.every(rule.item) ? Object.freeze(items) : undefined;
    },
  });
}

/** A comma-separated list of a few words. */
export function CommaListOf(words: readonly string[]): PropertyDecorator {
  return CommaList({ expects: `must be a comma-separated list of: ${words.join(', ')}`, item: (item) => words.includes(item) });
}

/** An http or https address without user, query or fragment. Slashes at its end are taken off. */
export function WebAddress(): PropertyDecorator {
  return Setting({
    expects: 'must be an http:// or https:// address without user, query or fragment',
    parse: parseWebAddress,
  });
}

/** Origins for CORS: `*`, or a comma-separated list of scheme://host[:port]. */
export function Origins(): PropertyDecorator {
  return CommaList({
    expects: 'must be * or a comma-separated list of origins such as https://chat.example',
    item: (item) => item === '*' || isOrigin(item),
  });
}

/** @returns the items of a comma-separated list, trimmed, without empty ones */
export function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '');
}

/** @returns whether the text is an IP address, a CIDR range, or a name proxy-addr knows for one */
export function isAddressRange(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const version = isIP(match?.[1] ?? '');
  if (!match || version === 0) return false;
  return match[2] === undefined || Number(match[2]) <= (version === 4 ? 32 : 128);
}

function within(bounds: { min: number; max: number }, value: number | undefined): number | undefined {
  return value !== undefined && value >= bounds.min && value <= bounds.max ? value : undefined;
}

function parseWebAddress(text: string): string | undefined {
  // a bare "?" or "#" leaves search and hash empty, so the text itself is looked at
  if (!/^https?:\/\/[^/]/i.test(text) || /[?#\s\\]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text.toLowerCase() && /^https?:/i.test(text);
}

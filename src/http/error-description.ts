import { types } from 'node:util';

const { isNativeError } = types;

/** What a log line may say of an error. Never its message: that may quote what a client sent. */
export interface ErrorDescription {
  readonly error: string;
  readonly error_code?: string;
  readonly constraint?: string;
  readonly routine?: string;
  /** only for sentences written by the program itself */
  readonly assertion?: string;
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

const WORD = /^[\w.$-]{1,80}$/;
const FRAME = /^\s+at .{1,300}$/;
/** `at name (place:line:column)` or `at place:line:column`: what V8 writes, and nothing else. */
const PLACE = /^\s+at (?:[\w$.<>[\] #*]{1,200} \()?(?:file:\/\/|node:|\/|[A-Za-z]:\\|<anonymous>|index |native)[^()]{0,400}\)?$/;
const FRAMES_MAX = 20;
const CAUSES_MAX = 3;

/**
 * Describes an error for the log by an allow-list: name, code, constraint and routine of a
 * database error, and the places of its stack. Messages, details, statements and parameters of
 * database errors hold row values; those of parsers quote their input.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!isNativeError(error)) return { error: typeof error };
  const fields = error as { code?: unknown; constraint?: unknown; routine?: unknown; driverError?: unknown };
  const source = error.cause ?? fields.driverError;
  return {
    error: word(error.name) ?? 'Error',
    ...defined('error_code', word(fields.code)),
    ...defined('constraint', word(fields.constraint)),
    ...defined('routine', word(fields.routine)),
    ...defined('assertion', assertionOf(error)),
    ...defined('stack', framesOf(error)),
    ...(isNativeError(source) && source !== error && depth < CAUSES_MAX
      ? { cause: describeError(source, depth + 1) }
      : {}),
  };
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

/** Sentences of `assert` are written in the source and free of data. */
function assertionOf(error: Error): string | undefined {
  const match = /^assertion failed: ([\w ,.;:'()/-]{1,200})$/.exec(error.message);
  return match?.[1];
}

/** @returns the places of a stack; a message that looks like one is cut away first */
function framesOf(error: Error): readonly string[] | undefined {
  const stack = error.stack;
  if (typeof stack !== 'string') return undefined;
  const messageAt = error.message === '' ? -1 : stack.indexOf(error.message);
  const rest = messageAt >= 0 ? stack.slice(messageAt + error.message.length) : stack.slice(stack.indexOf('\n') + 1);
  const frames = rest.split('\n', FRAMES_MAX + 1).filter((line) => FRAME.test(line) && PLACE.test(line));
  return frames.length > 0 ? frames.map((line) => line.trim().slice('at '.length)) : undefined;
}

function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

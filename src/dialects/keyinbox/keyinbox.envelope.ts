/** How serious a message of the server is. error and fatal make the answer a failure. */
export type Level = 'info' | 'warn' | 'error' | 'fatal';

/** One sentence of the server; clients show the first of the list. */
export interface ServerMessage {
  readonly level: Level;
  readonly message: string;
  /** machine-readable; sentences may change, codes do not */
  readonly code?: string;
}

/** The form of every answer. */
export interface Envelope<T = unknown> {
  readonly success: boolean;
  readonly messages: readonly ServerMessage[];
  readonly response: T | null;
}

/** Remarks that go with a success. */
const WARNINGS = {
  no_sender_copy: 'The message was sent without a private key: it cannot be read, changed or deleted by its sender.',
  skip_beyond_total: 'There are fewer messages than were to be skipped.',
  take_zero: 'No messages were asked for.',
  take_all: 'All messages were asked for; on a full inbox this takes long.',
  inbox_empty: 'There are no messages.',
} as const;

/** The code of a remark. */
export type WarningCode = keyof typeof WARNINGS;

/**
 * @param text what happened, for a person
 * @param response the data, or null where there is none
 * @param warnings remarks; they stand after the sentence
 */
export function success<T>(text: string | null, response: T | null, warnings: readonly WarningCode[] = []): Envelope<T> {
  return { success: true, messages: successMessages(text, warnings), response };
}

/** @returns the sentences of a success: what happened, then the remarks */
export function successMessages(text: string | null, warnings: readonly WarningCode[]): ServerMessage[] {
  const said: ServerMessage[] = text === null ? [] : [{ level: 'info', message: text }];
  for (const code of warnings) said.push({ level: 'warn', message: WARNINGS[code], code });
  return said;
}

/** @returns a failure: one sentence and no data */
export function failure(level: 'error' | 'fatal', code: string, message: string): Envelope<never> {
  return { success: false, messages: [{ level, message, code }], response: null };
}

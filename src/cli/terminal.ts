/** Where a command writes. Tests and the real console differ in nothing else. */
export interface Terminal {
  /** results: what a pipe should get */
  out(line: string): void;
  /** everything said to the person */
  err(line: string): void;
}

/** The console of the process. */
export const systemTerminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** C0 but tab and line feed, DEL, C1, and the marks that turn the direction of a line. */
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of other people must not steer the terminal (move the cursor, set its title, hide itself).
 *
 * @param text what a message holds
 * @returns the same with control characters written out as \u001b
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @returns printable text on one line */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}

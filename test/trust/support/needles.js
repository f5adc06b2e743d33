import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LETTERS_MIN = 6;

/**
 * A marker in every form it may hide in: as it is, base64 and base64url at each of the three places
 * in a group, hexadecimal, percent-encoded.
 * @param {string} marker
 * @returns {Map<string, Buffer>} forms by name
 */
export function formsOf(marker) {
  const bytes = Buffer.from(marker);
  const forms = new Map([
    ['plain', bytes],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['percent', Buffer.from([...bytes].map((byte) => `%${byte.toString(16)}`).join(''))],
    ['UTF-16', Buffer.from(marker, 'utf16le')],
  ]);
  for (const shift of [0, 1, 2]) {
    const group = Buffer.concat([Buffer.alloc(shift), bytes]);
    // only the letters that hold no bits of the neighbours
    const core = group.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((group.length * 8) / 6));
    // fewer would stand somewhere by chance
    if (core.length < LETTERS_MIN) continue;
    forms.set(`base64+${shift}`, Buffer.from(core));
    forms.set(`base64url+${shift}`, Buffer.from(core.replaceAll('+', '-').replaceAll('/', '_')));
  }
  return forms;
}

/** @returns {string[]} forms of the marker that stand in these bytes, with a little of what stands before */
export function findIn(bytes, forms) {
  const found = [];
  for (const [name, form] of forms) {
    const at = bytes.indexOf(form);
    if (at >= 0) found.push(`${name}: …${bytes.toString('latin1', Math.max(0, at - 60), at + form.length + 20).replace(/[^\x20-\x7e]/g, '.')}…`);
  }
  return found;
}

const OVERLAP = 400;

/** Looks through every file below a folder, however large. @returns {Promise<{found: string[], files: number, bytes: number}>} */
export async function findBelow(folder, forms) {
  const result = { found: [], files: 0, bytes: 0 };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    result.files += 1;
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        result.bytes += chunk.length;
        const bytes = Buffer.concat([rest, chunk]);
        const here = findIn(bytes, forms);
        if (here.length > 0) result.found.push(`${path.slice(folder.length + 1)}: ${here[0]}`);
        rest = bytes.subarray(-OVERLAP);
      }
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return result;
}

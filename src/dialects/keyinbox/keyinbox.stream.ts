import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Response } from 'express';
import { type ServerMessage } from './keyinbox.envelope.js';

/** What is held back before the first byte goes out: up to here a failure still gets a clean answer. */
const HELD_BACK_BYTES = 256 * 1024;
/** Items opened at a time: more would keep other requests away from the thread pool for too long. */
const ITEMS_PER_TURN = 25;

/** A list whose items are made as they are sent. */
export interface PiecewiseList {
  readonly messages: readonly ServerMessage[];
  readonly total: number;
  /** at most so many items; -1 for all */
  readonly take: number;
  /** called once for each member */
  readonly pages: () => AsyncIterable<readonly unknown[]>;
  /** names of the members that hold the items; each gets them all */
  readonly members: readonly string[];
}

/** Cuts pages into small ones and opens each, letting other requests run in between. */
export async function* openInTurns<T, R>(pages: AsyncIterable<readonly T[]>, open: (stored: T) => Promise<R>): AsyncGenerator<R[]> {
  for await (const page of pages) {
    for (let start = 0; start < page.length; start += ITEMS_PER_TURN) {
      yield await Promise.all(page.slice(start, start + ITEMS_PER_TURN).map(open));
      await nextTurn();
    }
  }
}

/**
 * Writes a success envelope around a list, item by item, as fast as the client reads. Memory does
 * not grow with the list.
 *
 * The first part is held back, so that damage in a small list is still answered as a failure; later
 * the connection is cut, because half a list must not look like a whole one.
 *
 * @throws whatever opening an item throws
 */
export async function writeList(response: Response, list: PiecewiseList): Promise<void> {
  const pieces = piecesOf(list);
  const held: string[] = [];
  let heldBytes = 0;
  let next = await pieces.next();
  while (!next.done && heldBytes < HELD_BACK_BYTES) {
    held.push(next.value);
    heldBytes += Buffer.byteLength(next.value, 'utf8');
    next = await pieces.next();
  }
  response.status(200).setHeader('Content-Type', 'application/json; charset=utf-8');
  if (next.done) {
    response.setHeader('Content-Length', heldBytes);
    response.end(held.join(''));
    return;
  }
  try {
    await pipeline(Readable.from(rest(held, next.value, pieces), { highWaterMark: 1 }), response);
  } catch (error) {
    // the client went away: nobody is left to tell
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* rest(held: readonly string[], current: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  yield held.join('');
  yield current;
  yield* pieces;
}

async function* piecesOf({ messages, total, take, pages, members }: PiecewiseList): AsyncGenerator<string> {
  yield `{"success":true,"messages":${JSON.stringify(messages)},"response":{`;
  let query = 0;
  for (const member of members) {
    yield `${JSON.stringify(member)}:[`;
    query = yield* itemsOf(pages(), take);
    yield '],';
  }
  yield `"pagination_data":${JSON.stringify({ total, query })}}}`;
}

/** @returns the number of items that were given */
async function* itemsOf(pages: AsyncIterable<readonly unknown[]>, take: number): AsyncGenerator<string, number> {
  let count = 0;
  for await (const page of pages) {
    const items = take === -1 ? page : page.slice(0, take - count);
    if (items.length > 0) yield (count > 0 ? ',' : '') + JSON.stringify(items).slice(1, -1);
    count += items.length;
    if (count === take) break;
  }
  return count;
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Response } from 'express';
import { DATA_SERVICE_VERSION, odataJson, type ODataEntity } from '../odata/render.js';
import { type ListAnswer } from './reading.flow.js';

/**
 * Writes a list as fast as the client reads, piece by piece, so that memory does not grow with it.
 * What fails before the first piece is there gets a clean answer; later the connection is cut,
 * because half a list must not look like a whole one.
 *
 * @throws whatever reading a piece throws
 */
export async function writeList(response: Response, { total, pieces }: ListAnswer): Promise<void> {
  const texts = textsOf(pieces);
  const first = await texts.next();
  const second = first.done ? first : await texts.next();
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('DataServiceVersion', DATA_SERVICE_VERSION);
  const end = total === null ? ']}}' : `],"__count":"${total}"}}`;
  if (second.done) {
    const whole = Buffer.from(`${START}${first.done ? '' : first.value}${end}`, 'utf8');
    response.setHeader('Content-Length', whole.length);
    response.end(whole);
    return;
  }
  try {
    await pipeline(Readable.from(joined([first.value ?? '', second.value], texts, end), { highWaterMark: 1 }), response);
  } catch (error) {
    // the client went away: nobody is left to tell
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

const START = '{"d":{"results":[';

async function* joined(read: readonly string[], rest: AsyncGenerator<string>, end: string): AsyncGenerator<string> {
  yield `${START}${read.join(',')}`;
  for await (const text of rest) yield `,${text}`;
  yield end;
}

/** Each piece as JSON without its brackets; pieces of which nothing is left are passed over. */
async function* textsOf(pieces: AsyncIterable<readonly ODataEntity[]>): AsyncGenerator<string> {
  for await (const piece of pieces) if (piece.length > 0) yield odataJson(piece).slice(1, -1);
}

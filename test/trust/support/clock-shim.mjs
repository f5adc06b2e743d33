// Loaded into a server before anything else (node --import): its clock runs as many milliseconds
// ahead as the file TRUST_CLOCK_FILE says, and follows when that changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const RealDate = Date;
const path = process.env.TRUST_CLOCK_FILE;
let offset = 0;
let seen = null;
const look = () => {
  try {
    const text = readFileSync(path, 'utf8');
    offset = Number(text) || 0;
    // whoever set it waits for this
    if (isMainThread && text !== seen) writeFileSync(`${path}.seen`, (seen = text));
  } catch {
    // not there yet
  }
};
look();
setInterval(look, 20).unref();

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

// Rounds of a minute and more come sixty times as often where that is asked for, so that nobody waits for them.
if (process.env.TRUST_SHORT_ROUNDS === '1') {
  const ROUND_MS_MIN = 30_000;
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name];
    globalThis[name] = (work, ms, ...rest) => real(work, ms >= ROUND_MS_MIN ? ms / 60 : ms, ...rest);
  }
}

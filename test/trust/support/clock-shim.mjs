// Loaded into a server before anything else (node --import): its clock runs as many milliseconds
// ahead as the file TRUST_CLOCK_FILE says, and follows when that changes.
import { readFileSync } from 'node:fs';

const RealDate = Date;
const path = process.env.TRUST_CLOCK_FILE;
let offset = 0;
const look = () => {
  try {
    offset = Number(readFileSync(path, 'utf8')) || 0;
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

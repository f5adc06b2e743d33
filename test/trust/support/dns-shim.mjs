// Loaded into a server before anything else (node --import): names that end in .trust.test have the addresses of
// the file TRUST_NAMES_FILE (name: list of answers, each a list of addresses, one after the other).
import dns from 'node:dns';
import { appendFileSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const names = JSON.parse(readFileSync(process.env.TRUST_NAMES_FILE, 'utf8'));
const asked = new Map();
const real = { lookup: dns.lookup, promised: dns.promises.lookup };

function answerFor(name) {
  const answers = names[name];
  if (!answers) return null;
  const nth = asked.get(name) ?? 0;
  asked.set(name, nth + 1);
  appendFileSync(`${process.env.TRUST_NAMES_FILE}.asked`, `${name}\n`);
  return answers[nth % answers.length].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

dns.lookup = (name, options, done) => {
  const callback = done ?? options;
  const found = answerFor(name);
  if (found === null) return real.lookup(name, options, done);
  if (options?.all) process.nextTick(callback, null, found);
  else process.nextTick(callback, null, found[0].address, found[0].family);
  return {};
};
dns.promises.lookup = async (name, options) => {
  const found = answerFor(name);
  if (found === null) return real.promised(name, options);
  return options?.all ? found : found[0];
};
syncBuiltinESMExports();

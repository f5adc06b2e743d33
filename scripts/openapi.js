// npm run openapi: asks the built server, on an embedded database of its own, to describe its
// routes, and writes docs/openapi.json. With --check it compares instead and writes nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importBuilt, orStop, root, withFolder } from './support.js';

const target = join(root, 'docs', 'openapi.json');

await orStop(async () => {
  const wanted = `${JSON.stringify(await describe(), null, 2)}\n`;
  if (!process.argv.includes('--check')) return writeFileSync(target, wanted);
  const found = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (found !== wanted) throw new Error(`docs/openapi.json is out of date (${firstDifference(found, wanted)}): run npm run openapi and commit it.`);
});

async function describe() {
  const { bringUp } = await importBuilt('src/server.js');
  return withFolder(async (folder) => {
    const env = { PORT: '0', DATA_DIR: folder, METRICS_ADDRESS: 'off', LOG_LEVEL: 'silent', RATE_LIMITS: 'off' };
    const server = await bringUp(env, () => undefined);
    try {
      const answer = await fetch(`${server.url}/docs-json`);
      if (!answer.ok) throw new Error(`/docs-json answers ${answer.status}`);
      return await answer.json();
    } finally {
      await server.stop();
    }
  });
}

function firstDifference(found, wanted) {
  const [old, fresh] = [found.split('\n'), wanted.split('\n')];
  const line = fresh.findIndex((text, index) => text !== old[index]);
  return `line ${line + 1} should be: ${(fresh[line] ?? '(the end)').trim()}`;
}

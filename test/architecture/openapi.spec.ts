import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialects } from '../../src/dialects/index.js';
import { buildOpenApiDocument } from '../../src/http/openapi.js';
import { ROOT, routesOf, wiredApp } from './support.js';

const HIDDEN = ['GET /'];

describe('docs/openapi.json', () => {
  const committed = join(ROOT, 'docs', 'openapi.json');

  it('is what the code says; run npm run openapi and commit it when this fails', async () => {
    const app = await wiredApp();
    const fresh = `${JSON.stringify(buildOpenApiDocument(app), null, 2)}\n`;
    await app.close();
    expect(existsSync(committed)).toBe(true);
    expect(readFileSync(committed, 'utf8')).toBe(fresh);
  });

  it('says the same whatever the settings', async () => {
    const [one, two] = [await wiredApp(), await wiredApp({ PUBLIC_URL: 'https://post.example', RATE_LIMITS: 'off', PORT: '8080' })];
    expect(JSON.stringify(buildOpenApiDocument(two))).toBe(JSON.stringify(buildOpenApiDocument(one)));
    await Promise.all([one.close(), two.close()]);
  });

  it('describes every route, each under the tag of its dialect', async () => {
    const app = await wiredApp();
    const { paths } = buildOpenApiDocument(app);
    await app.close();
    for (const dialect of dialects) {
      for (const { method, pattern } of routesOf(dialect.module)) {
        const path = pattern.replace(/:(\w+)/g, '{$1}');
        const operation = (paths[path] as Record<string, { tags?: string[] }> | undefined)?.[method.toLowerCase()];
        // what takes the rest, in order to refuse it, is no route
        if (method === 'ALL' || HIDDEN.includes(`${method} ${pattern}`)) continue;
        expect([method, path, operation?.tags]).toEqual([method, path, [dialect.name]]);
      }
    }
  });
});

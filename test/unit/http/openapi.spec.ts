import { buildOpenApiDocument } from '../../../src/http/openapi.js';
import { alpha, beta, startToy, toyConfig } from './toy.js';

describe('buildOpenApiDocument', () => {
  it('depends neither on settings nor on the order of the dialects', async () => {
    const one = await startToy();
    const two = await startToy(toyConfig({ NODE_ENV: 'production', PORT: 1234 }, 'https://post.example'), [beta, alpha]);
    try {
      const text = JSON.stringify(buildOpenApiDocument(one.app));
      expect(JSON.stringify(buildOpenApiDocument(one.app))).toBe(text);
      expect(JSON.stringify(buildOpenApiDocument(two.app))).toBe(text);
      expect(text).not.toContain('post.example');
      expect(Object.keys(buildOpenApiDocument(one.app).paths)).toEqual([
        '/alpha/address', '/alpha/big', '/alpha/half', '/alpha/things', '/alpha/things/{id}', '/alpha/throw/{name}', '/alpha/wait/{ms}',
        '/beta/send', '/livez', '/readyz',
      ]);
    } finally {
      await one.close();
      await two.close();
    }
  });
});

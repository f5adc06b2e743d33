import { RequestMethod, type Type } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppModule } from '../../src/app.module.js';
import { appOptions } from '../../src/app.set-up.js';
import { loadConfig } from '../../src/config/load-config.js';
import { type LoadedConfig } from '../../src/config/loaded-config.js';
import { dialects } from '../../src/dialects/index.js';
import { HouseAdapter } from '../../src/http/house-adapter.js';
import { type Database } from '../../src/storage/database.js';
import { TEST_SECRETS } from '../support/app.js';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function testConfig(env: Record<string, string> = {}): LoadedConfig {
  return loadConfig({
    env: { NODE_ENV: 'test', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', METRICS_ADDRESS: 'off', LOG_LEVEL: 'silent', ...TEST_SECRETS, ...env },
    sections: dialects,
  });
}

/** The whole application, wired but never started: nothing asks the database. */
export async function wiredApp(env: Record<string, string> = {}): Promise<NestExpressApplication> {
  const module = await Test.createTestingModule({
    imports: [AppModule.register({ config: testConfig(env), database: { pool: {} } as Database })],
  }).compile();
  return module.createNestApplication<NestExpressApplication>(new HouseAdapter(), { ...appOptions, logger: false });
}

export interface DeclaredRoute {
  readonly controller: string;
  /** as declared, with a slash before it and without what escapes signs: `/messages/:id` */
  readonly pattern: string;
  readonly method: string;
}

/** The routes a module and those it imports declare, read from what the decorators left. */
export function routesOf(module: unknown, seen = new Set<unknown>()): DeclaredRoute[] {
  const type = (module as { module?: unknown }).module ?? module;
  if (typeof type !== 'function' || seen.has(type)) return [];
  seen.add(type);
  const listed = (key: string): unknown[] => (Reflect.getMetadata(key, type) as unknown[] | undefined) ?? [];
  const dynamic = (module as { controllers?: unknown[] }).controllers ?? [];
  return [
    ...[...listed('controllers'), ...dynamic].flatMap((controller) => routesOfController(controller as Type<unknown>)),
    ...listed('imports').flatMap((imported) => routesOf(imported, seen)),
  ];
}

function routesOfController(controller: Type<unknown>): DeclaredRoute[] {
  const prototype = controller.prototype as Record<string, unknown>;
  const bases = [Reflect.getMetadata('path', controller) as string | string[]].flat();
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const paths = typeof handler === 'function' && name !== 'constructor' ? (Reflect.getMetadata('path', handler) as string | string[] | undefined) : undefined;
    if (paths === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata('method', handler as object) as number] ?? 'ALL';
    return bases.flatMap((base) =>
      [paths].flat().map((path) => ({ controller: controller.name, method, pattern: `/${[base, path].map((part) => part.replace(/^\/|\/$/g, '').replaceAll('\\', '')).filter(Boolean).join('/')}` })),
    );
  });
}

/** Every TypeScript file below a folder, as a path from the root. */
export function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1).replaceAll('\\', '/'))
    .sort();
}

import { Test } from '@nestjs/testing';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { AppModule } from '../../src/app.module.js';
import { appOptions, setUpApp } from '../../src/app.set-up.js';
import { loadConfig } from '../../src/config/load-config.js';
import { dialects } from '../../src/dialects/index.js';
import { drain } from '../../src/http/drain.js';
import { HouseAdapter } from '../../src/http/house-adapter.js';
import { createLogger } from '../../src/http/logger.js';
import { LOGGER } from '../../src/http/tokens.js';
import { type Clock, SystemClock } from '../../src/kernel/clock.js';
import { Database } from '../../src/storage/database.js';
import { createDatabase, type TestDatabase } from './database.js';

/** Secrets of tests only; the server refuses them outside NODE_ENV=test if they are examples. */
export const TEST_SECRETS = {
  POLYPOST_ADMIN_TOKEN: 'test-admin-token-0123456789abcdef0123456789',
  FILE_URL_SECRET: 'test-file-url-secret-0123456789abcdef0123',
  OSSN_SITE_KEY: 'test-ossn-site-key-0123456789abcdef01234',
  KEYINBOX_NETWORK_SECRET: 'example-network-secret-0123456789abcdef',
  KEYINBOX_LOOKUP_PEPPER: 'test-lookup-pepper-0123456789abcdef01234',
  CELL_SIGNING_KEY: 'test-cell-signing-key-0123456789abcdef01',
  ENVELOPE_KEY_ENCRYPTION_KEY: 'test-envelope-kek-0123456789abcdef012345',
  ENVELOPE_TOKEN_PEPPER: 'test-envelope-pepper-0123456789abcdef0123',
};

export interface TestApp {
  /** http://127.0.0.1:port */
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly db: TestDatabase;
  /** straight SQL on the app's database */
  readonly sql: TestDatabase['sql'];
  /** everything the server logged so far, one JSON line per event */
  logs(): string;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly env?: Record<string, string>;
  readonly clock?: Clock;
  /** an existing database; it is not dropped by close() */
  readonly db?: TestDatabase;
}

/** The whole server, set up exactly as main does, on a database of its own. */
export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const db = options.db ?? (await createDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), 'polypost-app-'));
  const env = {
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: db.url,
    DATABASE_POOL_MAX: '6',
    PUBLIC_URL: 'http://localhost:3000',
    METRICS_ADDRESS: 'off',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'trace',
    // smaller ones are made faster
    ENVELOPE_RSA_BITS: '2048',
    ...TEST_SECRETS,
    ...options.env,
  };
  const config = loadConfig({ env, sections: dialects });
  const clock = options.clock ?? new SystemClock();
  const database = await Database.connect({ url: db.url, poolMax: config.house.DATABASE_POOL_MAX });
  const lines = new LineCatcher();
  const module = await Test.createTestingModule({ imports: [AppModule.register({ config, database, clock })] })
    .overrideProvider(LOGGER)
    .useValue(createLogger(config, clock, lines))
    .compile();
  const app = module.createNestApplication<NestExpressApplication>(new HouseAdapter(), appOptions);
  setUpApp(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    db,
    sql: db.sql,
    logs: () => lines.text,
    close: async () => {
      await drain(app);
      await database.close();
      if (!options.db) await db.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

class LineCatcher extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppModule } from './app.module.js';
import { appOptions, setUpApp } from './app.set-up.js';
import { loadConfigForStart } from './config/first-boot-secrets.js';
import { type LoadedConfig } from './config/loaded-config.js';
import { dialects } from './dialects/index.js';
import { DataFolderBusy, DataFolderLock } from './embedded/data-folder-lock.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { drain } from './http/drain.js';
import { HouseAdapter } from './http/house-adapter.js';
import { databaseFault } from './kernel/database-fault.js';
import { Database } from './storage/database.js';

/** How often, and after what time, a database that is still starting is asked again. */
const CONNECT_ATTEMPTS_MAX = 30;
const CONNECT_PAUSE_MS = 1_000;
/** Ctrl-C comes twice where the parent passes it on (npm, our own launcher): so soon it is one wish. */
const SAME_SIGNAL_MS = 1_000;

/** Takes one line for the person at the console. Never called with request data. */
export type Say = (line: string) => void;

/** A server that accepts requests. */
export interface RunningServer {
  readonly url: string;
  /** Answers what was accepted, then ends the server and the database it brought. May be called twice. */
  stop(): Promise<void>;
}

/** Things to be undone, last first, when the server ends or does not get up. */
class Undo {
  private readonly steps: (() => Promise<void>)[] = [];
  private running: Promise<void> | null = null;

  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  run(): Promise<void> {
    this.running ??= this.all();
    return this.running;
  }

  private async all(): Promise<void> {
    for (const step of this.steps.reverse()) await step();
  }
}

/**
 * Brings the whole server up: settings, secrets, database, schema, application.
 *
 * @param env the environment to read settings from
 * @param say takes lines for the console
 * @param signal ends the wait for a database that does not answer
 * @throws ConfigError, EmbeddedUnavailable, DataFolderBusy or the driver's error; nothing is left running
 */
export async function bringUp(env: NodeJS.ProcessEnv, say: Say, signal?: AbortSignal): Promise<RunningServer> {
  const config = await loadConfigForStart({ env, sections: dialects, say });
  for (const warning of config.warnings) say(`Warning: ${warning}`);
  const undo = new Undo();
  try {
    const database = await openDatabase(config, undo, say, { signal });
    await database.migrate();
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.register({ config, database }),
      new HouseAdapter(),
      appOptions,
    );
    undo.add(() => drain(app));
    setUpApp(app);
    await app.init();
    app.flushLogs();
    await listen(app.getHttpServer(), config.house);
    return { url: addressOf(app, config), stop: () => undo.run() };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** Not through Nest, which would log the reason besides: the console gets it in one line. */
function listen(server: Server, { HOST, PORT }: { readonly HOST: string; readonly PORT: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(new Error(whyNoPort(error, HOST, PORT), { cause: error }));
    server.once('error', fail).listen(PORT, HOST, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function whyNoPort({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is in use: stop what listens there, or set PORT to another one.`;
  if (code === 'EACCES') return `Port ${port} is not open to this user: set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST ${host} is not an address of this machine.`;
  return message;
}

/** The person's lines go to standard error, so that standard output holds log lines alone. */
function toConsole(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Things that can be undone, last first. */
type Undoable = Pick<Undo, 'add'>;

/**
 * Connects to DATABASE_URL, or to the database the server brings along, which is started for it.
 *
 * @param undo takes what ends it all again
 * @param options.beside true: where a server runs in the data folder already, its database is used
 *   and left alone, instead of DataFolderBusy
 */
export async function openDatabase(
  config: LoadedConfig,
  undo: Undoable,
  say: Say,
  options: { readonly signal?: AbortSignal | undefined; readonly beside?: boolean } = {},
): Promise<Database> {
  const { signal, beside = false } = options;
  const given = config.house.DATABASE_URL;
  const url = given ?? (await embeddedAddress(config, undo, say, beside));
  const database = await connect(url, config.house.DATABASE_POOL_MAX, say, signal).catch((error: unknown) => {
    throw given === undefined || signal?.aborted ? error : unusable(error);
  });
  undo.add(() => database.close());
  return database;
}

async function embeddedAddress(config: LoadedConfig, undo: Undoable, say: Say, beside: boolean): Promise<string> {
  const dataDir = config.house.DATA_DIR;
  try {
    const lock = await DataFolderLock.acquire(dataDir);
    undo.add(() => lock.release());
  } catch (error) {
    if (beside && error instanceof DataFolderBusy) return EmbeddedPostgres.addressIn(dataDir);
    throw error;
  }
  const embedded = await EmbeddedPostgres.start({ dataDir, log: say });
  undo.add(() => embedded.stop());
  return embedded.url;
}

async function connect(url: string, poolMax: number, say: Say, signal?: AbortSignal): Promise<Database> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await Database.connect({ url, poolMax });
    } catch (error) {
      if (attempt >= CONNECT_ATTEMPTS_MAX || databaseFault(error) !== 'away' || isWrongAddress(error)) throw error;
      if (attempt === 1) say('The database does not answer yet; trying again for half a minute.');
      await sleep(CONNECT_PAUSE_MS, undefined, { signal });
    }
  }
}

/** Names the setting to look at; the driver's message holds neither address nor password. */
function unusable(error: unknown): Error {
  const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const why = reason instanceof Error ? reason.message : 'unknown error';
  return new Error(`The database that DATABASE_URL names cannot be used: ${why}`, { cause: error });
}

/** A refused login or an unknown database does not mend itself. */
function isWrongAddress(error: unknown): boolean {
  return /^(28|3D)/.test(String((error as { code?: unknown }).code));
}

function addressOf(app: NestExpressApplication, config: LoadedConfig): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.house.HOST === '0.0.0.0' || config.house.HOST === '::' ? 'localhost' : config.house.HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Runs the server until SIGTERM or SIGINT, then answers what was accepted and ends with code 0.
 * A signal that is repeated later ends it at once.
 */
export async function startServer(env: NodeJS.ProcessEnv, say: Say = toConsole): Promise<void> {
  const stopping = new AbortController();
  const started = bringUp(env, say, stopping.signal);
  const stopped = new Promise<void>((resolve) => {
    let stopMs = 0;
    const end = (signal: string): void => {
      if (!stopping.signal.aborted) {
        stopMs = performance.now();
        say(`${signal}: finishing what was accepted.`);
        stopping.abort();
        started.then((server) => server.stop()).then(resolve, resolve);
      } else if (performance.now() - stopMs > SAME_SIGNAL_MS) process.exit(1);
    };
    process.on('SIGTERM', () => end('SIGTERM'));
    process.on('SIGINT', () => end('SIGINT'));
  });
  const server = await started.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') return null;
    throw error;
  });
  if (server && !stopping.signal.aborted) say(`Polypost listens on ${server.url} (API description: ${server.url}/docs). Ctrl-C stops it.`);
  await stopped;
  say('Stopped.');
}

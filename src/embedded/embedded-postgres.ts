import { checkCluster, makeCluster, writeSettings } from './cluster.js';
import { ensureDatabase, reloadSettings } from './database-ping.js';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { messageOf } from './errors.js';
import { closeLayout, type Layout, openLayout } from './layout.js';
import { findPlatformPackage, type PlatformPackage } from './platform-package.js';
import { findPrograms, type Programs, type RunAsWay } from './run-as.js';
import { DATABASE_NAME, SOCKET_PORT } from './settings.js';
import { Supervisor } from './supervisor.js';

/** What a start needs to know. */
export interface EmbeddedOptions {
  /** the server's data folder; made when missing. The caller holds its DataFolderLock */
  readonly dataDir: string;
  /** takes one line for the console; never called with user data */
  readonly log: (line: string) => void;
  /** start the server again when it dies (default true) */
  readonly watch?: boolean;
  /** folder of the platform package, when it does not lie in node_modules */
  readonly packageFolder?: string;
  /** ways to run PostgreSQL's programs, when not the usual ones for this user */
  readonly ways?: readonly RunAsWay[];
}

/**
 * The database a server without DATABASE_URL brings along: a real PostgreSQL in the data folder,
 * reachable only through a Unix socket in a private folder, without a password or a network port.
 *
 * The server runs in a session of its own. It outlives a killed Node, and the next start adopts it.
 */
export class EmbeddedPostgres {
  private stopping: Promise<void> | null = null;

  private constructor(
    /** address for `pg` and TypeORM (`url`), in the form of DATABASE_URL */
    readonly url: string,
    private readonly layout: Layout,
    private readonly supervisor: Supervisor,
  ) {}

  /** Process number of the running server; another one after a restart. */
  get pid(): number {
    return this.supervisor.pid;
  }

  /**
   * Starts the server, or adopts one that a killed process left running. The first start makes
   * the data (about a second).
   *
   * @throws EmbeddedUnavailable with a sentence for the console when it cannot serve here
   */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32') throw new EmbeddedUnavailable('it does not run on Windows');
    try {
      return await EmbeddedPostgres.startHere(options);
    } catch (error) {
      if (error instanceof EmbeddedUnavailable) throw error;
      const why = messageOf(error);
      throw new EmbeddedUnavailable(`an unexpected error came in between (${why})`, { cause: error });
    }
  }

  /**
   * For those who come beside a server that runs: nothing is started, adopted or stopped.
   *
   * @returns the address of the database in this data folder, whether it answers or not
   * @throws EmbeddedUnavailable when the folder cannot be used
   */
  static async addressIn(dataDir: string): Promise<string> {
    return urlOf(await openLayout(dataDir));
  }

  private static async startHere(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const found = await findPlatformPackage(options.packageFolder);
    const layout = await openLayout(options.dataDir);
    try {
      return await EmbeddedPostgres.startIn(layout, found, options);
    } catch (error) {
      await closeLayout(layout);
      throw error;
    }
  }

  private static async startIn(layout: Layout, found: PlatformPackage, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    let programs: Programs | null = null;
    const findOnce = async () => (programs ??= await findPrograms(found, layout.dataFolder, options.ways));
    const log = quiet(options.log);
    const supervisor = new Supervisor(layout, findOnce, log);

    if (!(await checkCluster(layout, found))) {
      log('Making the embedded database (first start).');
      await makeCluster(layout, await findOnce());
    }
    try {
      if (await supervisor.adopt()) {
        if (await writeSettings(layout)) await reloadSettings(layout.socketFolder);
        log('The embedded database runs already; using it.');
      } else {
        await supervisor.bringUp();
      }
      await ensureDatabase(layout.socketFolder);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    if (options.watch ?? true) supervisor.watch();
    return new EmbeddedPostgres(urlOf(layout), layout, supervisor);
  }

  /**
   * Ends the watch and then the server: open sessions are ended, everything is on disk. May be
   * called at any moment and more than once. Never rejects.
   */
  stop(): Promise<void> {
    return (this.stopping ??= this.supervisor.stop().then(() => closeLayout(this.layout)));
  }
}

/** A console that fails must not keep the watch from its work. */
function quiet(log: (line: string) => void): (line: string) => void {
  return (line) => {
    try {
      log(line);
    } catch {
      // there is nowhere left to tell
    }
  };
}

/** The port and sslmode are named so that PGPORT and PGSSLMODE of the user's shell cannot interfere. */
function urlOf({ socketFolder }: Layout): string {
  return `postgres://${DATABASE_NAME}@/${DATABASE_NAME}?host=${encodeURIComponent(socketFolder)}&port=${SOCKET_PORT}&sslmode=disable`;
}

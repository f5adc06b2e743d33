import { join } from 'node:path';
import { judge, Ledger, type Verdict } from '../../../support/ledger.js';
import { type ServerProcess, Site, type SiteOptions } from '../../../support/process.js';
import { inspect } from './inspection.js';
import { type Cast, makeCast, Writers } from './writers.js';

/** A site under load with a ledger: what every trial of the promises begins with. */
export class Trial {
  private constructor(
    readonly site: Site,
    readonly ledger: Ledger,
    readonly cast: Cast,
    readonly writers: Writers,
    /** the first server */
    readonly first: ServerProcess,
  ) {}

  static async begin(site: Site, pauseMs?: number): Promise<Trial> {
    const first = await site.start();
    const cast = await makeCast(site.url);
    const ledger = await Ledger.open(join(site.folder, 'ledger.jsonl'));
    return new Trial(site, ledger, cast, new Writers(site.url, cast, ledger, pauseMs), first);
  }

  /** Writes down what is done to the server, and does it. */
  async fault(what: string, act: () => unknown): Promise<void> {
    await this.ledger.note({ kind: 'fault', what, atMs: performance.now() });
    await act();
  }

  /** Reads everything back from a running server and compares. */
  async verdict(): Promise<Verdict> {
    const { found, violations } = await inspect(this.site.url, this.site.databaseUrl, this.cast);
    const verdict = judge(await this.ledger.notes(), found);
    return { ...verdict, violations: [...this.writers.strange, ...violations, ...verdict.violations] };
  }

  async end(): Promise<void> {
    await this.writers.stop();
    await this.ledger.close();
  }
}

/** Sites of one spec file, closed together whatever happened. */
export class Sites {
  private readonly all: Site[] = [];
  private readonly trials: Trial[] = [];

  async open(options?: SiteOptions): Promise<Site> {
    const site = await Site.open(options);
    this.all.push(site);
    return site;
  }

  /** A new site with a server and a ledger, and writers that wait for their start. */
  async beginTrial(options?: SiteOptions, pauseMs?: number): Promise<Trial> {
    const trial = await Trial.begin(await this.open(options), pauseMs);
    this.trials.push(trial);
    return trial;
  }

  async close(): Promise<void> {
    for (const trial of this.trials) trial.writers.abandon();
    await Promise.all(this.all.map((site) => site.close()));
  }
}

/** One line of figures on the console, beside the test's own result. */
export function report(name: string, figures: object): void {
  process.stderr.write(`  ${name}: ${JSON.stringify(figures)}\n`);
}

/** @returns smallest, middle and largest, rounded to whole milliseconds */
export function spread(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b).map(Math.round);
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

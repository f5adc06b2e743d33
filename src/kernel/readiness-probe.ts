/** What stands in the way of serving, in fixed words that may be shown to anybody. */
export interface Readiness {
  readonly ok: boolean;
  /** for example `database_away`; empty when ok */
  readonly reasons: readonly string[];
}

/** Port of the readiness page: whoever keeps the data says whether it can be kept safely now. */
export abstract class ReadinessProbe {
  /** Asks the database. Must not throw for a database that is away: that is an answer. */
  abstract check(): Promise<Readiness>;
}

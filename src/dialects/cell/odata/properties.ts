/** What a query may say of one property. */
export interface ODataProperty {
  /** what storage calls it */
  readonly field: string;
  /** `structure`: a list or an object, which cannot be compared or ordered by */
  readonly type: 'text' | 'integer' | 'time' | 'structure';
}

/** The properties of an entity set by their names on the wire, and what may be expanded. */
export interface EntitySet {
  readonly properties: ReadonlyMap<string, ODataProperty>;
  /** navigation properties that `$expand` may name */
  readonly expandable: readonly string[];
}

/**
 * @param properties by name on the wire
 * @param expandable navigation properties that `$expand` may name
 */
export function entitySet(properties: Readonly<Record<string, ODataProperty>>, expandable: readonly string[] = []): EntitySet {
  return { properties: new Map(Object.entries(properties)), expandable };
}

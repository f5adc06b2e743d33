import { type Response } from 'express';

/** Answers of OData carry the version of its protocol. */
export const DATA_SERVICE_VERSION = '2.0';

/** An entity on the wire; its members are in the order clients see. */
export type ODataEntity = Readonly<Record<string, unknown>>;

/** What every entity says of itself. */
export interface EntityHead {
  readonly uri: string;
  /** `CellCtl.Account` */
  readonly type: string;
  readonly revision: number;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
}

/** @returns a time as OData 2 writes it in JSON */
export function odataDate(at: Date): string {
  return `/Date(${at.getTime()})/`;
}

/** @returns the weak ETag of an entity in a revision */
export function etagOf({ revision, updatedAt }: Pick<EntityHead, 'revision' | 'updatedAt'>): string {
  return `W/"${revision}-${updatedAt.getTime()}"`;
}

/**
 * @param members own members, in their order
 * @param navigations names of navigation properties
 * @returns the entity: `__metadata`, members, times, deferred links
 */
export function renderEntity(head: EntityHead, members: ODataEntity, navigations: readonly string[] = []): ODataEntity {
  return {
    __metadata: { uri: head.uri, etag: etagOf(head), type: head.type },
    ...members,
    __published: odataDate(head.publishedAt),
    __updated: odataDate(head.updatedAt),
    ...Object.fromEntries(navigations.map((name) => [name, { __deferred: { uri: `${head.uri}/${name}` } }])),
  };
}

/** @returns the members that `$select` asks for; `__metadata` always comes. null: all of them */
export function selected(entity: ODataEntity, select: ReadonlySet<string> | null): ODataEntity {
  if (!select) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name === '__metadata' || select.has(name)));
}

/**
 * Writes JSON with every control character, U+007F among them, as `\u00XX` (CELL-10).
 */
export function odataJson(value: unknown): string {
  const text = JSON.stringify(value);
  return /\\[bfnrt]|\x7f/.test(text) ? text.replace(/\\(["\\/]|u[0-9a-f]{4}|[bfnrt])|\x7f/g, escaped) : text;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\\u0008', f: '\\u000c', n: '\\u000a', r: '\\u000d', t: '\\u0009' };

function escaped(found: string, letter: string | undefined): string {
  return letter === undefined ? '\\u007f' : (SHORT_ESCAPES[letter] ?? found);
}

/** What may stand beside the body of an answer. */
export interface AnswerFacts {
  readonly etag?: string;
  readonly location?: string;
}

/** Answers with an entity: `{"d":{"results":{…}}}`. */
export function sendEntity(response: Response, status: 200 | 201, entity: ODataEntity, facts: AnswerFacts = {}): void {
  send(response, status, facts, odataJson({ d: { results: entity } }));
}

/**
 * Answers with a list: `{"d":{"results":[…]}}`.
 * @param total how many there are, where `$inlinecount` asks for it
 */
export function sendList(response: Response, entities: readonly ODataEntity[], total: number | null = null): void {
  send(response, 200, {}, odataJson({ d: { results: entities, ...(total === null ? {} : { __count: String(total) }) } }));
}

/** Answers with nothing but headers. */
export function sendNothing(response: Response, status: 204 | 304 = 204, facts: AnswerFacts = {}): void {
  head(response, status, facts);
  response.end();
}

function send(response: Response, status: number, facts: AnswerFacts, body: string): void {
  head(response, status, facts);
  const bytes = Buffer.from(body, 'utf8');
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

function head(response: Response, status: number, { etag, location }: AnswerFacts): void {
  response.statusCode = status;
  response.setHeader('DataServiceVersion', DATA_SERVICE_VERSION);
  if (etag !== undefined) response.setHeader('ETag', etag);
  if (location !== undefined) response.setHeader('Location', location);
}

/**
 * @param header `If-Match` or `If-None-Match`, absent where it is undefined
 * @returns whether it names the ETag, or any (`*`)
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((part) => part.trim() === etag);
}

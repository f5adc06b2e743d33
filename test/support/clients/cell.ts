import { randomBytes } from 'node:crypto';
import { Cells } from '../../../src/core/cell/control/cells.js';
import { type CellPrivilege } from '../../../src/core/cell/access/privileges.js';
import { CellTokens } from '../../../src/dialects/cell/tokens/cell-tokens.js';
import { Store } from '../../../src/storage/store.js';
import { NO_BOX } from '../../../src/storage/own/cell/bound-names.repository.js';
import { ID_SOURCE } from '../../../src/kernel/tokens.js';
import { type Id, type IdSource } from '../../../src/kernel/id-source.js';
import { TEST_SECRETS, type TestApp } from '../app.js';

/** What JSON of a test's own server may hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

/** An answer as it came. */
export interface CellAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined where the body is no JSON */
  readonly body: Loose;
}

/** What a request says beside its address. */
export interface CellCall {
  readonly method?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** a text goes as it stands, everything else as JSON; no content type unless the headers say one */
  readonly body?: unknown;
}

export const ADMIN = TEST_SECRETS.POLYPOST_ADMIN_TOKEN;

/** Calls a path of a server. */
export async function call(url: string, path: string, { method = 'GET', token = null, headers = {}, body }: CellCall = {}): Promise<CellAnswer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    // bytes, so that fetch adds no content type
    ...(body === undefined ? {} : { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8') }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** One cell of a running server, as its owner uses it. */
export class TestCell {
  private constructor(
    private readonly app: TestApp,
    readonly id: Id,
    readonly name: string,
    readonly unitUrl: string,
  ) {}

  /** @param unitUrl the public address of the server, with the slash at its end */
  static async make(app: TestApp, unitUrl = 'http://localhost:3000/', name = `c${randomBytes(6).toString('hex')}`): Promise<TestCell> {
    const { id } = await app.app.get(Cells, { strict: false }).create(name);
    return new TestCell(app, id, name, unitUrl);
  }

  get url(): string {
    return `${this.unitUrl}${this.name}/`;
  }

  /** @param path behind the name of the cell, without a slash before it */
  call(path: string, { token = ADMIN, ...rest }: CellCall = {}): Promise<CellAnswer> {
    return call(this.app.url, `/${this.name}/${path}`, { token, ...rest });
  }

  send(body: unknown, call: CellCall = {}): Promise<CellAnswer> {
    return this.call('__message/send', { method: 'POST', body, ...call });
  }

  answer(id: string, command: unknown, call: CellCall = {}): Promise<CellAnswer> {
    return this.call(`__message/received/${id}`, { method: 'POST', body: { Command: command }, ...call });
  }

  /** @returns entities of a list. @param query behind the question mark */
  async list(set: string, query = ''): Promise<Loose[]> {
    const { status, body, text } = await this.call(`__ctl/${set}${query === '' ? '' : `?${query}`}`);
    if (status !== 200) throw new Error(`${set}: ${status} ${text}`);
    return body.d.results as unknown[];
  }

  /** @returns a token of an account that may do just this */
  async tokenFor(privileges: readonly CellPrivilege[], schema: string | null = null): Promise<string> {
    const accountId = this.ids.next();
    const at = new Date();
    await this.app.sql("INSERT INTO cell_accounts (cell_id, id, name, published_at, updated_at) VALUES ($1, $2, $3, now(), now())", [this.id, accountId, `a${accountId}`]);
    const roleId = await this.role(`r${accountId}`, privileges);
    await this.store.run((tx) => tx.own.cell.links.add(this.id, 'account_role', { leftId: accountId, rightId: roleId }, at));
    const claims = { use: 'access', issuer: this.url, audience: this.url, subject: `${this.url}#a${accountId}`, schema, accountId, cellId: this.id, passwordRevision: null } as const;
    return this.tokens.issue(claims, 3600);
  }

  /** @returns a token that this cell makes as itself for another */
  tokenAsCell(audience: TestCell | string): Promise<string> {
    return this.tokens.issueAsCell(this.url, typeof audience === 'string' ? audience : audience.url, 3600, this.id);
  }

  /** @returns the id of a role that may do just this */
  async role(name: string, privileges: readonly CellPrivilege[], boxId: Id = NO_BOX): Promise<Id> {
    const row = await this.store.run((tx) => tx.own.cell.roles.ensure(this.id, { id: this.ids.next(), name, boxId }, new Date()));
    await this.app.sql('INSERT INTO cell_grants (cell_id, role_id, privileges) VALUES ($1, $2, $3)', [this.id, row!.id, privileges]);
    return row!.id;
  }

  /** @returns the id of a new Box */
  async box(name: string, schema: string | null): Promise<Id> {
    const id = this.ids.next();
    await this.store.run((tx) => tx.own.cell.boxes.add(this.id, { id, name, schema }, new Date()));
    return id;
  }

  /** Ties other cells to a relation, and makes it where it is missing. */
  async tie(relation: string, to: readonly string[], boxId: Id = NO_BOX): Promise<void> {
    const at = new Date();
    await this.store.run(async ({ own: { cell } }) => {
      const row = await cell.relations.ensure(this.id, { id: this.ids.next(), name: relation, boxId }, at);
      for (const url of to) {
        const entry = await cell.extCells.ensure(this.id, { id: this.ids.next(), url }, at);
        await cell.links.add(this.id, 'ext_cell_relation', { leftId: entry!.id, rightId: row!.id }, at);
      }
    });
  }

  private get store(): Store {
    return this.app.app.get(Store, { strict: false });
  }
  private get tokens(): CellTokens {
    return this.app.app.get(CellTokens, { strict: false });
  }
  private get ids(): IdSource {
    return this.app.app.get<IdSource>(ID_SOURCE, { strict: false });
  }
}

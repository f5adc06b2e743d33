import { type Answer, ask, type Loose, newPerson, type Person, tokenFor } from '../../e2e/pm/people.js';
import { type TestApp } from '../app.js';

export { type Answer, ask, faultsOf, type Loose } from '../../e2e/pm/people.js';

/** A file as a test brings it. */
export interface BroughtFile {
  readonly content: string | Buffer;
  /** in the headers of its part */
  readonly name?: string;
  readonly type?: string;
  /** of its part */
  readonly field?: string;
}

/** One user of the PM API: what he does reads as a scene. */
export class PmUser {
  constructor(
    private readonly app: TestApp,
    readonly person: Person,
  ) {}

  get id(): number {
    return Number(this.person.id);
  }

  asks(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.person.asks(method, path, body, headers);
  }

  /** Follows, or stops following. */
  follows(whom: PmUser): Promise<Answer> {
    return this.asks('POST', `/api/v2/user/${whom.id}/follow/`);
  }

  /** Hides, or stops hiding. */
  hides(whom: PmUser): Promise<Answer> {
    return this.asks('POST', `/api/v2/user/${whom.id}/hide/`);
  }

  /** In the first form of the request, unless something more is given. */
  writes(to: PmUser | readonly PmUser[], message: string, more: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const recipients = [to].flat().map((user) => user.id);
    return this.asks('POST', '/api/v2/pm/', { recipients, message, ...more }, headers);
  }

  /** @returns the message; it must be taken */
  async wrote(to: PmUser, message: string, more: object = {}): Promise<Loose> {
    const { status, body, text } = await this.writes(to, message, more);
    if (status !== 201) throw new Error(`not sent: ${status} ${text}`);
    return Array.isArray(body) ? body[0] : body;
  }

  snippets(query = ''): Promise<Answer> {
    return this.asks('GET', `/api/v2/pm/${query}`);
  }

  reads(partner: PmUser, query = ''): Promise<Answer> {
    return this.asks('GET', `/api/v2/pm/?user=${partner.id}${query}`);
  }

  /** @returns the texts of the thread as the page shows them; reading marks them as seen */
  async texts(partner: PmUser, query = ''): Promise<string[]> {
    return (await this.reads(partner, query)).body.results.map((message: Loose) => message.message);
  }

  /** @returns the snippet of the thread with a partner, undefined where there is none */
  async snippetOf(partner: PmUser): Promise<Loose> {
    const { body } = await this.snippets('?limit=200');
    return body.results.find((snippet: Loose) => [snippet.sender.id, snippet.receiver.id].includes(partner.id));
  }

  one(id: number | string): Promise<Answer> {
    return this.asks('GET', `/api/v2/pm/${id}/`);
  }

  takesBack(id: number | string): Promise<Answer> {
    return this.asks('DELETE', `/api/v2/pm/${id}/`);
  }

  clears(partner: PmUser): Promise<Answer> {
    return this.asks('DELETE', `/api/v2/pm/?user=${partner.id}`);
  }

  async unseen(): Promise<number> {
    return (await this.asks('GET', '/api/v2/notification/unseen/count/')).body.count;
  }

  notifications(query = ''): Promise<Answer> {
    return this.asks('GET', `/api/v2/notification/${query}`);
  }

  /** Sends a multipart body, with a file in it where one is given. */
  brings(file: BroughtFile | null, fields: Record<string, string | number> = {}, query = ''): Promise<Answer> {
    return ask(this.app, { method: 'POST', path: `/api/v2/pm/upload/${query}`, body: uploadBody(file, fields), token: this.person.token });
  }

  /** @returns the uuid of a whole file that was taken */
  async brought(file: BroughtFile, fields: Record<string, string | number> = {}): Promise<string> {
    const { status, body, text } = await this.brings(file, fields);
    if (status !== 200) throw new Error(`not taken: ${status} ${text}`);
    return body.file_uuid;
  }

  done(fields: Record<string, unknown>): Promise<Answer> {
    return this.asks('POST', '/api/v2/pm/upload/?done', fields);
  }
}

/** @returns somebody new, with a token */
export async function newUser(app: TestApp, over: Parameters<typeof newPerson>[1] = {}): Promise<PmUser> {
  return new PmUser(app, await newPerson(app, over));
}

/** @returns some people who all follow each other */
export async function newFriends(app: TestApp, count: number): Promise<PmUser[]> {
  const people: PmUser[] = [];
  for (let made = 0; made < count; made += 1) people.push(await newUser(app));
  for (const one of people) for (const other of people) if (one !== other) await one.follows(other);
  return people;
}

function uploadBody(file: BroughtFile | null, fields: Record<string, string | number>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value));
  if (file) body.append(file.field ?? 'file', new Blob([new Uint8Array(Buffer.from(file.content as string))], { type: file.type ?? 'application/octet-stream' }), file.name ?? 'blob');
  return body;
}

/** Fetches an address as the server wrote it, wherever it says that it is, without any token. */
export async function fetchUrl(app: TestApp, url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  // a proxy may have put a folder before the path
  const response = await fetch(app.url + url.slice(url.indexOf('/api/v2/')), { headers, method });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** @returns somebody who has an account already, with a token */
export async function userOf(app: TestApp, id: number): Promise<PmUser> {
  return new PmUser(app, await tokenFor(app, String(id)));
}

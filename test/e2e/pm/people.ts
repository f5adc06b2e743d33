import { Users } from '../../../src/core/accounts/users.js';
import { PmTokens } from '../../../src/dialects/social/pm/auth/tokens.js';
import { type TestApp } from '../../support/app.js';

/** What JSON of a test's own server may hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined where the answer is no JSON */
  readonly body: Loose;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  /** null: none at all */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

/** A user with a token of the server's own. */
export interface Person {
  readonly id: string;
  readonly token: string;
  /** sends a request with the person's token */
  asks(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

let serial = 0;

/** Sends one request. A string or URLSearchParams goes out as it is, anything else as JSON. */
export async function ask(app: TestApp, { method = 'GET', path, body, token = null, headers = {} }: Ask): Promise<Answer> {
  const raw = body === undefined || typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData;
  const response = await fetch(app.url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(raw ? {} : { 'Content-Type': 'application/json' }),
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Registers a user, and gives him a token. */
export async function newPerson(app: TestApp, over: { username?: string; firstName?: string; lastName?: string; email?: string | null; password?: string | null } = {}): Promise<Person> {
  serial += 1;
  const user = await app.app.get(Users, { strict: false }).register({
    username: `person-${serial}`, email: `person-${serial}@example.org`, password: null, firstName: `First${serial}`, lastName: `Last${serial}`,
    birthdate: null, gender: null, validated: true, ...over,
  });
  return tokenFor(app, user.id);
}

/** Gives a user a token. */
export async function tokenFor(app: TestApp, id: string): Promise<Person> {
  const { secret } = await app.app.get(PmTokens, { strict: false }).issueAccess(id, { label: 'test', lifetimeSeconds: null });
  return {
    id,
    token: secret,
    asks: (method, path, body, headers) => ask(app, { method, path, body, token: secret, ...(headers === undefined ? {} : { headers }) }),
  };
}

/** @returns the code words of a refusal, a field's with its name before it */
export function faultsOf({ body }: Answer): string[] {
  return ((body)?.errors ?? []).flatMap((item: Loose) =>
    item.field === undefined ? [item.code] : item.messages.map((message: Loose) => `${item.field}: ${message.code}`),
  );
}

function parsed(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

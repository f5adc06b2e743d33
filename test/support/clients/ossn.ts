import { randomBytes } from 'node:crypto';
import { startApp, TEST_SECRETS, type TestAppOptions } from '../app.js';
import { send, type WireAnswer } from './keyinbox.js';

/** The key of the site in every test. */
export const SITE_KEY = TEST_SECRETS.OSSN_SITE_KEY;

/** Parameters as a test writes them; undefined ones are not sent. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** A part of a multipart body. */
export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  /** makes it a file */
  readonly filename?: string;
  readonly type?: string;
}

/** A file to be sent along. */
export interface SentFile {
  readonly filename: string;
  readonly content: string | Buffer;
  /** as the client declares it */
  readonly type?: string;
}

const BOUNDARY = 'polypost-test-boundary';

/** @returns the body and the header that goes with it */
export function multipart(parts: readonly Part[]): { body: Buffer; headers: Record<string, string> } {
  const pieces = parts.flatMap(({ name, value, filename, type }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n` +
        `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]),
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
}

/** @returns the fields as a query or a urlencoded body */
export function form(fields: Fields): string {
  return new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))).toString();
}

/** @returns the fields as parts, in their order */
export function partsOf(fields: Fields): Part[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: String(value) }]));
}

/** A second server on the same data with other settings, for the time of `work`. */
export async function besides<T>(options: TestAppOptions, work: (site: Site) => Promise<T>): Promise<T> {
  const app = await startApp(options);
  try {
    return await work(new Site(app.url));
  } finally {
    await app.close();
  }
}

/** A site that calls the API with its key. */
export class Site {
  constructor(
    readonly url: string,
    readonly key: string = SITE_KEY,
  ) {}

  /** POST with a urlencoded body, the key in it. */
  post(operation: string, fields: Fields = {}, headers: Record<string, string> = {}): Promise<WireAnswer> {
    const body = form({ api_key_token: this.key, ...fields });
    return send(this.url, { method: 'POST', path: `/api/${operation}`, body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
  }

  /** GET with everything in the query. */
  get(operation: string, fields: Fields = {}, headers: Record<string, string> = {}): Promise<WireAnswer> {
    return send(this.url, { method: 'GET', path: `/api/${operation}?${form({ api_key_token: this.key, ...fields })}`, headers });
  }

  /** POST with a multipart body as curl -F makes it. */
  upload(operation: string, fields: Fields, file?: SentFile, headers: Record<string, string> = {}): Promise<WireAnswer> {
    const parts = partsOf({ api_key_token: this.key, ...fields });
    if (file) parts.push({ name: 'attachment', value: file.content, filename: file.filename, type: file.type ?? 'application/octet-stream' });
    const { body, headers: own } = multipart(parts);
    return send(this.url, { method: 'POST', path: `/api/${operation}`, body, headers: { ...own, ...headers } });
  }

  /** @returns the payload of a call that must succeed */
  async payload(operation: string, fields: Fields = {}): Promise<WireAnswer['body']> {
    const answer = await this.post(operation, fields);
    if (answer.body?.code !== '100') throw new Error(`${operation}: ${answer.status} ${answer.text}`);
    return answer.body.payload;
  }

  /** A new user. */
  async user(first = 'Ines', over: Fields = {}): Promise<OssnUser> {
    const username = `${first.toLowerCase().replace(/[^a-z]/g, '')}${randomBytes(5).toString('hex')}`;
    const email = `${username}@harbour.example`;
    const password = 'a long one, please';
    const { guid } = await this.payload('v1.0/user_add', {
      username, firstname: first, lastname: 'Roth', email, reemail: email, password, gender: 'female', birthdate: '24/05/1990', ...over,
    });
    return { guid, username, email, password, first };
  }

  /** Sends a text. @returns the payload */
  message(from: OssnUser, to: OssnUser, text: string): Promise<WireAnswer['body']> {
    return this.payload('v2.0/message/send', { from: from.guid, to: to.guid, message: text });
  }
}

/** Somebody with an account. */
export interface OssnUser {
  readonly guid: number;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly first: string;
}

/** @returns code and message of an answer, which say what came of it */
export function outcomeOf({ body }: WireAnswer): [unknown, unknown] {
  return [body?.code, body?.message];
}

export { send, type WireAnswer };

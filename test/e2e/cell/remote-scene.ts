import { type INestApplication } from '@nestjs/common';
import tls from 'node:tls';
import { Cells } from '../../../src/core/cell/control/cells.js';
import { CellTokens } from '../../../src/dialects/cell/tokens/cell-tokens.js';
import { OutboxWorker } from '../../../src/dialects/cell/remote/outbox.worker.js';
import { startApp, type TestApp, TEST_SECRETS } from '../../support/app.js';
import { makeCertificate } from '../../support/listeners.js';
import { ShiftedClock, TlsFront } from '../../support/remote-units.js';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export const certificate = makeCertificate(['127.0.0.1', 'localhost']);

/** A server with TLS in front of it, under the address that others know. */
export class RemoteUnit {
  private constructor(
    readonly front: TlsFront,
    readonly app: TestApp,
    readonly clock: ShiftedClock,
  ) {}

  /** @param front where it will be reached @param units CELL_REMOTE_UNITS */
  static async start(front: TlsFront, units: string, key: string, clock: ShiftedClock): Promise<RemoteUnit> {
    const app = await startApp({ clock, env: { PUBLIC_URL: front.url, CELL_REMOTE_UNITS: units, CELL_SIGNING_KEY: key.repeat(40) } });
    front.target = app.url;
    return new RemoteUnit(front, app, clock);
  }

  /** address of a cell, as messages name it */
  cellUrl(name: string): string {
    return `${this.front.url}/${name}/`;
  }

  /** Calls the server without TLS. @param token default the administrator's */
  async call(method: string, path: string, body?: unknown, token = TEST_SECRETS.POLYPOST_ADMIN_TOKEN, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.app.url + path, {
      method,
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  /** makes a cell */
  async cell(name: string): Promise<void> {
    const { status } = await this.call('POST', '/__ctl/Cell', { Name: name });
    expect(status).toBe(201);
  }

  /** @returns what send answered: the message as its sender sees it */
  async send(from: string, fields: Record<string, unknown>): Promise<Answer['body']> {
    const { status, body } = await this.call('POST', `/${from}/__message/send`, fields);
    expect(status).toBe(201);
    return body.d.results;
  }

  async sent(cell: string, id: string): Promise<Answer['body']> {
    const { status, body } = await this.call('GET', `/${cell}/__ctl/SentMessage('${id}')`);
    expect(status).toBe(200);
    return body.d.results;
  }

  /** @returns everything in the box */
  async received(cell: string, query = '$top=100'): Promise<Answer['body'][]> {
    const { status, body } = await this.call('GET', `/${cell}/__ctl/ReceivedMessage?${query}`);
    expect(status).toBe(200);
    return body.d.results;
  }

  /** @returns a token that the cell makes as itself for another one */
  async cellToken(cell: string, audience: string, issuer = this.cellUrl(cell)): Promise<string> {
    const app = this.app.app as INestApplication;
    const found = await app.get(Cells, { strict: false }).byName(cell);
    return app.get(CellTokens, { strict: false }).issueAsCell(issuer, audience, 300, found?.id ?? null);
  }

  /** Does what the worker does at times. */
  async repeat(): Promise<void> {
    await (this.app.app as INestApplication).get(OutboxWorker, { strict: false }).run();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.front.close();
  }
}

/** Two servers that take messages from each other. */
export async function openTwoUnits(): Promise<{ here: RemoteUnit; there: RemoteUnit; close: () => Promise<void> }> {
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, certificate.cert]);
  const [first, second] = [await TlsFront.open(certificate), await TlsFront.open(certificate)];
  const clock = new ShiftedClock();
  const here = await RemoteUnit.start(first, `${second.url}=127.0.0.1/32`, 'h', clock);
  const there = await RemoteUnit.start(second, `${first.url}=127.0.0.1/32`, 't', clock);
  return {
    here,
    there,
    close: async () => {
      await Promise.all([here.close(), there.close()]);
      tls.setDefaultCACertificates(before);
    },
  };
}

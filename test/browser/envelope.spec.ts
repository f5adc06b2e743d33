import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { Site } from '../support/process.js';
import type * as client from '@polypost/envelope/browser';
import { openPage, type WatchedPage } from './browser.js';

const DIST = join(import.meta.dirname, '..', '..', 'packages', 'envelope', 'dist');
const MINUTE_MS = 60_000;

let db: TestDatabase;
let site: Site;
let pages: Server;
let origin: string;
let browser: WatchedPage;

/** A page of some other site, with the built client beside it. */
beforeAll(async () => {
  pages = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/') return void response.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:,"><title>client</title>');
    readFile(join(DIST, path)).then(
      (file) => response.setHeader('Content-Type', 'text/javascript').end(file),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => pages.once('listening', resolve));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  db = await createDatabase();
  site = await Site.open({ databaseUrl: db.url });
  await site.start({ PUBLIC_URL: site.url, ENVELOPE_CORS_ORIGINS: origin, ENVELOPE_RSA_BITS: '2048' });
  browser = await openPage(origin);
  await browser.page.goto(origin);
}, MINUTE_MS);

afterAll(async () => {
  await browser?.close();
  await site?.close();
  pages?.close();
  await db?.drop();
}, MINUTE_MS);

type Client = typeof client;

describe('the client in a browser', () => {
  it('ENV-97 seals, opens, signs and verifies with every suite, on WebCrypto alone', async () => {
    const results = await browser.page.evaluate(async () => {
      const sdk = (await import(`${location.origin}/browser.js`)) as Client;
      const told: [string, unknown][] = [];
      for (const algorithm of sdk.SUITE_IDS) {
        const identity = await sdk.generateIdentity(algorithm.startsWith('RSA') ? 'rsa-3072' : 'ed25519');
        const recipient = sdk.currentEncryptionKey(identity).publicKey;
        const address = { id: 'browser', user_id: 'b0b' };
        const draft = { data_type: 1, data: 'Gr\u00fc\u00dfe', date: '2026-11-20T10:00:00.000Z' };
        const message = await sdk.signMessage(draft, identity.identity, { address, recipient, algorithm });
        const inner = await sdk.sealMessage(message, address, recipient, algorithm);
        const body = await sdk.sealPacket({ ...address, token: 'ppt1_x', ...inner }, recipient, algorithm);
        const packet = await sdk.openPacket(body, sdk.currentEncryptionKey(identity));
        told.push([algorithm, (await sdk.openMessage(packet, sdk.currentEncryptionKey(identity))).message.data]);
        const moved = await sdk.openMessage({ ...packet, id: 'other' }, sdk.currentEncryptionKey(identity)).then(() => 'opened', (error: { code: string }) => error.code);
        told.push([algorithm, moved]);
      }
      return told;
    });
    expect(results).toEqual(['HPKE-X25519+A256GCM', 'RSA-OAEP-256+A256GCM', 'RSA-OAEP+A256CBC-HS512'].flatMap((id) => [[id, 'Gr\u00fc\u00dfe'], [id, 'undecryptable']]));
  }, MINUTE_MS);

  it('ENV-46 ENV-90 ENV-97 registers, gives out a card, sends and receives, from a page of another origin', async () => {
    const result = await browser.page.evaluate(async (host) => {
      const { createClient, generateIdentity, parseAddress } = (await import(`${location.origin}/browser.js`)) as Client;
      const bob = { client: createClient({ allowHttp: true }), identity: await generateIdentity(), address: parseAddress(`bob@${host}`) };
      const { user_id } = await bob.client.register(bob.address, bob.identity);
      const account = await bob.client.account(bob.address, bob.identity);
      const { token } = await account.tokens.create({ label: 'page', scopes: ['deliver', 'key', 'attach'] });
      const card = await bob.client.card(bob.address, user_id, bob.identity, String(token));
      const alice = { client: createClient({ allowHttp: true }), identity: await generateIdentity() };
      const contact = await alice.client.contacts.add(card);
      const stop = new AbortController();
      const next = account.messages.stream(undefined, stop.signal).next();
      const receipt = await alice.client.send(contact, { data: 'from a page' }, { identity: alice.identity.identity });
      const heard = (await next).value as { message_id: string };
      stop.abort();
      const received = await bob.client.open(await account.messages.get(heard.message_id), bob.identity);
      await account.messages.ack(heard.message_id);
      return { same: heard.message_id === receipt.message_id, data: received.message.data, status: received.sender.status, acked: (await account.messages.get(heard.message_id)).acked_at !== null };
    }, site.url.replace('http://', ''));
    expect(result).toEqual({ same: true, data: 'from a page', status: 'unverified', acked: true });
  }, MINUTE_MS);

  it('ENV-97 asks nobody but the server, and complains of nothing else', () => {
    // the page broke the stream off itself
    expect(browser.complaints).toEqual([`failed: ${site.url}/api/v1/message/stream`]);
    expect(browser.foreignRequests.filter((url) => !url.startsWith(site.url))).toEqual([]);
  });
});

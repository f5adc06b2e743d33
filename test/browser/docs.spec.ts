import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Locator } from 'playwright-core';
import { startApp, type TestApp } from '../support/app.js';
import { openPage, type WatchedPage } from './browser.js';

/** What a person looks at after a run; not compared with anything. */
const pictures = join(import.meta.dirname, '..', '..', '.tmp', 'browser');
const MINUTE_MS = 60_000;
const ACTION_MS = 10_000;

let app: TestApp;
let browser: WatchedPage;

beforeAll(async () => {
  app = await startApp();
  browser = await openPage(app.url);
  browser.page.setDefaultTimeout(ACTION_MS);
  await browser.page.goto(`${app.url}/docs`);
  await browser.page.waitForSelector('.opblock-tag');
  await mkdir(pictures, { recursive: true });
  await browser.page.screenshot({ path: join(pictures, 'docs.png') });
  // the page draws what is in view, so nothing may be out of it
  await browser.page.setViewportSize({ width: 1000, height: 16_000 });
  for (const heading of await browser.page.locator('.opblock-tag').all()) await heading.click();
}, MINUTE_MS);

afterAll(async () => {
  await browser?.close();
  await app?.close();
}, MINUTE_MS);

interface KeyPair {
  readonly private_key: string;
  readonly public_key: string;
}

/** The form of every answer of the dialect. */
interface Answer {
  readonly success: boolean;
  readonly response: Readonly<Record<string, unknown>> | null;
}

/** One route of the page, opened and ready to be tried out. */
async function tryOut(method: string, path: string): Promise<Locator> {
  const { page } = browser;
  const block = page
    .locator(`.opblock.opblock-${method.toLowerCase()}`)
    .filter({ has: page.locator(`.opblock-summary-path[data-path="${path}"]`) });
  await block.locator('.opblock-summary-control').click();
  await block.locator('.try-out__btn').click();
  return block;
}

/** Fills a field by its name in the table of parameters. */
async function fill(block: Locator, name: string, value: string): Promise<void> {
  await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
}

/** Presses Execute. @returns what the page shows as the server's answer */
async function execute(block: Locator): Promise<{ status: number; body: Answer }> {
  // else the answer before would be taken for this one
  const clear = block.locator('.btn-clear');
  if (await clear.isVisible()) await clear.click();
  await block.locator('.execute').click();
  const answer = block.locator('.live-responses-table tbody tr').first();
  const status = Number((await answer.locator('.response-col_status').innerText()).trim().slice(0, 3));
  return { status, body: JSON.parse(await answer.locator('.highlight-code pre').first().innerText()) as Answer };
}

async function makeKeys(block: Locator): Promise<KeyPair> {
  const { status, body } = await execute(block);
  expect(status).toBe(200);
  return body.response as unknown as KeyPair;
}

describe('the description of the API in a browser', () => {
  let ada: KeyPair;
  let ben: KeyPair;

  it('shows every route of the server', async () => {
    const described = (await (await fetch(`${app.url}/docs-json`)).json()) as { paths: Record<string, object> };
    const routes = Object.values(described.paths).flatMap((methods) => Object.keys(methods));
    expect(routes.length).toBeGreaterThan(10);
    const { page } = browser;
    await page.locator('.opblock').nth(routes.length - 1).waitFor();
    expect(await page.locator('.opblock').count()).toBe(routes.length);
  }, MINUTE_MS);

  it('KEY-80 makes a key pair with "try it out"', async () => {
    const block = await tryOut('GET', '/generate-keypair');
    ada = await makeKeys(block);
    ben = await makeKeys(block);
    expect(ada.private_key).toMatch(/^0xSPV[\w-]{128}$/);
    expect(ben.public_key).toMatch(/^0x[0-9a-f]{64}$/);
    expect(ben.public_key).not.toBe(ada.public_key);
  }, MINUTE_MS);

  it('KEY-80 sends the example as it stands, and a message of one\'s own', async () => {
    const block = await tryOut('POST', '/messages');
    await fill(block, 'X-SLS-Private-Key', ada.private_key);
    const untouched = await execute(block);
    expect(untouched).toMatchObject({ status: 200, body: { success: true, response: { pair: { from: ada.public_key } } } });

    await block.locator('textarea').fill(JSON.stringify({ public_key: ben.public_key, message: { subject: 'Lunch', content: 'Noon at the fountain?' } }));
    const own = await execute(block);
    expect(own).toMatchObject({ status: 200, body: { success: true, response: { pair: { from: ada.public_key, to: ben.public_key } } } });
    await block.screenshot({ path: join(pictures, 'send.png') });
  }, MINUTE_MS);

  it('KEY-80 lists an inbox, with the key and the page in the parameters', async () => {
    const block = await tryOut('GET', '/messages');
    await fill(block, 'X-SLS-Private-Key', ben.private_key);
    await fill(block, 'skip', '0');
    await fill(block, 'take', '10');
    expect(await execute(block)).toMatchObject({
      status: 200,
      body: {
        response: {
          pagination_data: { total: 1, query: 1 },
          messages: [{ from: ada.public_key, message: { subject: 'Lunch', content: 'Noon at the fountain?' } }],
        },
      },
    });
    await block.screenshot({ path: join(pictures, 'list.png') });
  }, MINUTE_MS);

  it('shows a refusal of the server for a key that is none', async () => {
    const block = await tryOut('POST', '/identity/auth');
    await fill(block, 'X-SLS-Private-Key', 'not a key');
    expect(await execute(block)).toMatchObject({ status: 400, body: { success: false, messages: [{ code: 'invalid_private_key' }] } });
  }, MINUTE_MS);

  it('asks no other host for anything and breaks no rule of its own', () => {
    // the browser itself notes the refusal of the test before
    const complaints = browser.complaints.filter((line) => !/^console: .*status of 400/.test(line));
    expect({ foreign: browser.foreignRequests, complaints }).toEqual({ foreign: [], complaints: [] });
  });
});

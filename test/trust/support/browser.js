import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** No sound, no updates, nothing that calls home; names of other hosts lead nowhere. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** @returns {string | null} the Chromium of CHROMIUM, or of the path */
export function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** A browser, and a place that notes when something calls it. */
export async function openBrowser() {
  const { chromium } = await import('playwright-core');
  const profile = await mkdtemp(join(tmpdir(), 'pp-trust-browser-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath(), args: FLAGS, acceptDownloads: true });
  const calls = [];
  const dialogs = [];
  let html = '';
  const server = createServer((request, response) => {
    if (request.url === '/page') {
      response.setHeader('Content-Type', 'text/html');
      response.end(html);
      return;
    }
    if (request.url.startsWith('/beacon')) calls.push(request.url);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  context.on('page', (page) => watch(page));
  const watch = (page) => page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss().catch(() => undefined);
  });
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  return {
    page,
    calls,
    dialogs,
    beacon: `${origin}/beacon`,
    /** Opens an address as if typed. A download is no page. @returns {Promise<string>} the title */
    async visit(url) {
      await page.goto(url, { waitUntil: 'load', timeout: 8_000 }).catch(() => undefined);
      return page.title().catch(() => '');
    },
    /** Shows a page of somebody else's that takes the addresses in. */
    async show(markup) {
      html = `<!doctype html><meta charset=utf-8>${markup}`;
      await page.goto(`${origin}/page`, { waitUntil: 'load', timeout: 15_000 }).catch(() => undefined);
    },
    async close() {
      await context.close();
      server.close();
      server.closeAllConnections();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

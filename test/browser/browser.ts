import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** No sound, no updates, nothing that calls home; names of other hosts lead nowhere. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** A page and everything it did that a page of ours must not do. */
export interface WatchedPage {
  readonly page: Page;
  /** addresses asked for outside the server */
  readonly foreignRequests: readonly string[];
  /** console errors, uncaught errors, breaches of the content security policy, failed requests */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a page in a fresh profile of the Chromium that CHROMIUM names.
 *
 * @param server the address of the server under test, as http://127.0.0.1:port
 */
export async function openPage(server: string): Promise<WatchedPage> {
  const profile = await mkdtemp(join(tmpdir(), 'polypost-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? 'chromium',
    args: FLAGS,
    viewport: { width: 1280, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const foreignRequests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${server}/`) && !/^(data|blob|about):/.test(url)) foreignRequests.push(url);
  });
  context.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.exposeFunction('noteBreach', (breach: string) => complaints.push(`policy: ${breach}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI } = event as Event & { violatedDirective: string; blockedURI: string };
      (globalThis as unknown as { noteBreach(breach: string): void }).noteBreach(`${violatedDirective} ${blockedURI}`);
    });
  });
  return {
    page,
    foreignRequests,
    complaints,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { PmClients } from '../../src/core/pm/pm-clients.js';
import { safeMarkup } from '../../src/dialects/social/pm/pm.markup.js';
import { startApp, type TestApp } from '../support/app.js';
import { ask, newPerson, type Person } from '../e2e/pm/people.js';
import { openPage, type WatchedPage } from './browser.js';

const MINUTE_MS = 60_000;
const PASSWORD = 'correct horse battery';
/** Each would set a mark in the page if it ran. */
const RUN = "document.body.dataset.ran='1'";
const PAYLOADS = [
  `<script>${RUN}</script>`, `<img src=x onerror="${RUN}">`, `<svg onload="${RUN}">`, `<svg/onload=${RUN}>`, `<a href="javascript:${RUN}" autofocus onfocus="${RUN}">x</a>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>">`, `<details open ontoggle="${RUN}">`, `<video><source onerror="${RUN}"></video>`, `<math><mtext><img src=x onerror="${RUN}">`,
  `<style onload="${RUN}">`, `<object data="javascript:${RUN}">`, `<input autofocus onfocus="${RUN}">`, `<!--><img src=x onerror="${RUN}">-->`, `<![CDATA[<img src=x onerror="${RUN}">]]>`,
  `<?xml <img src=x onerror="${RUN}">?>`, `</p><img src=x onerror="${RUN}">`, `<<img src=x onerror="${RUN}">`, `<\u0000img src=x onerror="${RUN}">`.replace('\u0000', '\u0001'), `<IMG SRC=x ONERROR="${RUN}">`,
  `<img\nsrc=x\nonerror="${RUN}">`, `<template><img src=x onerror="${RUN}"></template>`, `"><img src=x onerror="${RUN}">`, `<form><button formaction="javascript:${RUN}">x`, `<body onload="${RUN}">`,
];
const PLAIN = ['1 < 2 & 3 > 2', 'a<1', '<', '< b', '<>', 'x <- y', '<3', 'emoji 🐈‍⬛ and\nline\nbreaks', '  blanks  ', '"quotes" \'and\' `ticks`', '<\u00e9>', 'if (a <b) c', 'AT&T', '<\n/b>'];

let app: TestApp;
let browser: WatchedPage;
let back: Server;
let backUrl = '';
let ada: Person;
let ben: Person;

beforeAll(async () => {
  app = await startApp();
  browser = await openPage(app.url);
  browser.page.setDefaultTimeout(10_000);
  back = createServer((_request, response) => response.end('<!doctype html><title>back</title>')).listen(0, '127.0.0.1');
  await new Promise((resolve) => back.once('listening', resolve));
  backUrl = `http://127.0.0.1:${(back.address() as AddressInfo).port}/back`;
  [ada, ben] = [await newPerson(app, { username: 'adalovelace', password: PASSWORD }), await newPerson(app)];
  await ben.asks('POST', `/api/v2/user/${ada.id}/follow/`);
}, MINUTE_MS);
afterAll(async () => {
  await browser?.close();
  back?.close();
  await app?.close();
}, MINUTE_MS);

/** Inserts texts as HTML. @returns what they became: elements made of them, and their text */
async function inserted(texts: readonly string[]): Promise<{ elements: number; text: string; ran: boolean }[]> {
  await browser.page.goto('about:blank');
  return browser.page.evaluate(async (list) => {
    const places = list.map((html) => {
      const place = document.createElement('p');
      document.body.append(place);
      place.innerHTML = html;
      return place;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return places.map((place) => ({ elements: place.querySelectorAll('*').length, text: place.textContent ?? '', ran: document.body.dataset['ran'] !== undefined }));
  }, texts);
}

describe('texts of others in a page', () => {
  it('the payloads of this test do run where nothing is done about them', async () => {
    const bare = await inserted(PAYLOADS.slice(1, 3));
    expect(bare.map(({ elements, ran }) => [elements > 0, ran])).toEqual([[true, true], [true, true]]);
  });

  it('PM-110 messages, headlines and names come out as text and run nothing', async () => {
    for (const message of PAYLOADS) expect((await ada.asks('POST', '/api/v2/pm/', { recipients: [Number(ben.id)], message })).status).toBe(201);
    const thread = await ben.asks('GET', `/api/v2/pm/?user=${ada.id}&limit=200`);
    const messages = thread.body.results.map((message: { message: string }) => message.message) as string[];
    const snippet = (await ben.asks('GET', '/api/v2/pm/')).body.results[0].headline as string;
    const named = await Promise.all(PAYLOADS.map((firstName) => newPerson(app, { firstName, lastName: '' })));
    const names = await Promise.all(named.map(async ({ id }) => (await ada.asks('GET', `/api/v2/user/${id}/`)).body.real_name as string));
    const shown = await inserted([...messages, snippet, ...names]);
    expect(shown.every(({ elements, ran }) => elements === 0 && !ran)).toBe(true);
    expect(shown.map(({ text }) => text)).toEqual([...PAYLOADS, PAYLOADS.at(-1), ...PAYLOADS.map((text) => text.trim())]);
  });

  it('PM-110 file names come out as text', async () => {
    const form = new FormData();
    form.append('file', new Blob(['x'], { type: 'text/plain' }), `<img src=x onerror=${RUN}>.txt`);
    form.append('filename', '<svg onload=alert(1)>.txt');
    const { file_uuid: uuid } = (await ask(app, { method: 'POST', path: '/api/v2/pm/upload/', token: ada.token, body: form })).body as { file_uuid: string };
    const sent = await ada.asks('POST', '/api/v2/pm/', { recipients: [Number(ben.id)], message: '', file_uuid: uuid });
    const { filename } = sent.body[0].file as { filename: string };
    const headline = (await ben.asks('GET', '/api/v2/pm/')).body.results[0].headline as string;
    expect(filename).toContain('svg onload');
    for (const { elements, ran } of await inserted([filename, headline])) expect([elements, ran]).toEqual([0, false]);
  });

  it('PM-110 ordinary text comes back byte for byte, and looks as it was typed', async () => {
    const same = PLAIN.filter((text) => safeMarkup(text) === text);
    expect(PLAIN.filter((text) => !same.includes(text))).toEqual(['if (a <b) c']);
    for (const [index, { elements, text }] of (await inserted(PLAIN.map(safeMarkup))).entries()) expect([elements, text]).toEqual([0, PLAIN[index]]);
  });

  it('PM-110 nothing made of the pieces of tags opens one', async () => {
    const pieces = ['<', '>', '/', '!', '?', '-', '&', '&lt;', 'img', 'script', 'svg', 'a', ' ', '=', '"', "'", 'onerror', '\n', '\t', 'x', '\u00e9', '\u{1f600}', '[CDATA[', ']]', '\\', '%3C', '\u2028'];
    let seed = 7;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
    const texts = Array.from({ length: 2_000 }, () => Array.from({ length: 1 + (random() % 9) }, () => pieces[random() % pieces.length]).join(''));
    const shown = await inserted(texts.map(safeMarkup));
    expect(texts.filter((_text, index) => (shown[index]?.elements ?? 1) > 0)).toEqual([]);
    expect(texts.filter((text, index) => !text.includes('&') && shown[index]?.text !== text)).toEqual([]);
  });
});

describe('the consent page', () => {
  const link = async (): Promise<{ id: string; url: string }> => {
    const { id } = await app.app.get(PmClients, { strict: false }).create({ name: 'Notebook <b>', confidential: false, redirectUris: [backUrl], grants: ['authorization_code', 'refresh_token'] });
    const challenge = createHash('sha256').update('v'.repeat(50)).digest('base64url');
    const query = new URLSearchParams({ response_type: 'code', client_id: id, redirect_uri: backUrl, state: 'abc', code_challenge: challenge, code_challenge_method: 'S256' });
    return { id, url: `${app.url}/oauth/authorize/?${query.toString()}` };
  };

  it('PM-14 signs a person in and sends him back with a code, in a real browser', async () => {
    const { page } = browser;
    const { id, url } = await link();
    const before = browser.complaints.length;
    await page.goto(url);
    expect(await page.locator('strong').allTextContents()).toEqual(['Notebook <b>', new URL(backUrl).host]);
    expect(await page.locator('button.yes').evaluate((button) => getComputedStyle(button).backgroundColor)).toBe('rgb(26, 95, 180)');
    await page.fill('#username', 'adalovelace');
    await page.fill('#password', 'wrong');
    await page.click('button.yes');
    expect(await page.locator('[role=alert]').textContent()).toContain('do not belong together');
    await page.fill('#username', 'adalovelace');
    await page.fill('#password', PASSWORD);
    await page.click('button.yes');
    await page.waitForURL(`${backUrl}?**`);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('state')).toBe('abc');
    const fields = { grant_type: 'authorization_code', client_id: id, redirect_uri: backUrl, code: searchParams.get('code') ?? '', code_verifier: 'v'.repeat(50) };
    const tokens = await ask(app, { method: 'POST', path: '/oauth/token/', body: new URLSearchParams(fields) });
    expect([tokens.status, tokens.body.token_type]).toEqual([200, 'Bearer']);
    // a browser tells of the refusal itself
    expect(browser.complaints.slice(before).filter((line) => !/status of 403|favicon/.test(line))).toEqual([]);
  });

  it('PM-14 lets him refuse without a password', async () => {
    const { page } = browser;
    await page.goto((await link()).url);
    await page.click('button[value=deny]');
    await page.waitForURL(`${backUrl}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });
});

describe('sockets of a browser', () => {
  it('PM-101 PM-102 PM-103 open with the token as sub-protocol, keep their heartbeat and get frames', async () => {
    const { page } = browser;
    // a page of another origin, of the same machine: browsers keep pages of nowhere away from it
    await page.goto(backUrl);
    const seen = page.evaluate(
      ({ url, protocol }) =>
        new Promise<{ protocol: string; texts: string[] }>((resolve, reject) => {
          const socket = new WebSocket(url, [protocol]);
          const texts: string[] = [];
          socket.onopen = () => socket.send('--1a61c1de89b75ddfbb684b8d224ee3ae--');
          socket.onmessage = ({ data }) => {
            texts.push(String(data));
            document.title = 'open';
            if (texts.length === 2) resolve({ protocol: socket.protocol, texts });
          };
          socket.onerror = () => reject(new Error('the socket failed'));
        }),
      { url: `${app.url.replace('http', 'ws')}/ws/notify?subscribe-user`, protocol: `__${ben.token}` },
    );
    await page.waitForFunction(() => document.title === 'open');
    const { body } = await ada.asks('POST', '/api/v2/pm/', { recipients: [Number(ben.id)], message: 'to a browser' });
    const { protocol, texts } = await seen;
    expect([protocol, texts[0]]).toEqual([`__${ben.token}`, '--1a61c1de89b75ddfbb684b8d224ee3ae--']);
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ type: 'interaction', data: { activity_type: 37, notification_obj: { message: { id: body.id, message: 'to a browser' } } } });
  });
});

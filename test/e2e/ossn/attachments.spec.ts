import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AttachmentSweeper } from '../../../src/core/attachments/attachment-sweeper.js';
import { Credentials } from '../../../src/core/accounts/credentials.js';
import { startApp, type TestApp } from '../../support/app.js';
import { besides, multipart, type OssnUser, outcomeOf, type Part, partsOf, send, type SentFile, Site, type WireAnswer } from '../../support/clients/ossn.js';
import { docx, pdf, zip } from '../../support/documents.js';
import { exifSegment, pictures, png, withSegments } from '../../support/pictures.js';
import { makeFolder } from '../../support/cli.js';
import { TestClock } from '../../support/store.js';

const clock = new TestClock(Date.now());
const folder = makeFolder();
let app: TestApp;
let site: Site;
let ines: OssnUser;
let olu: OssnUser;

beforeAll(async () => {
  app = await startApp({ clock, env: { DATA_DIR: folder.path, OSSN_ATTACHMENT_MAX: '300K', PUBLIC_URL: 'https://harbour.example' } });
  site = new Site(app.url);
  [ines, olu] = [await site.user('Ines'), await site.user('Olu')];
});
afterAll(async () => {
  await app.close();
  folder.remove();
});

const NOT_SENT = ['200', 'Message can not be sent'];
const stored = async (): Promise<number> => Number((await app.sql('SELECT count(*) AS n FROM messages'))[0]!['n']);
const sendFile = (file: SentFile, headers: Record<string, string> = {}, over: Record<string, string | number> = {}) =>
  site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'with a file', ...over }, file, headers);
const get = (address: string, headers: Record<string, string> = {}, method = 'GET') => {
  const { pathname, search } = new URL(address, 'https://harbour.example');
  return send(app.url, { method, path: pathname + search, headers });
};
const plain = (address: string): string => address.split('?')[0]!;

/** Every file below the folder of files. */
function filesOnDisk(): string[] {
  if (!existsSync(join(folder.path, 'files'))) return [];
  return readdirSync(join(folder.path, 'files'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('what is taken', () => {
  it.each<[string, string, Buffer, string, string]>([
    ['a pdf', 'a.pdf', pdf(), 'application/pdf', 'file'],
    ['a docx as octet-stream, as the published curl line sends it', 'a.docx', docx(), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'file'],
    ['a jpeg', 'a.jpg', pictures.jpeg, 'image/jpeg', 'image'],
    ['a jpeg named jpeg', 'a.jpeg', pictures.jpeg, 'image/jpeg', 'image'],
    ['a jpeg named jfif', 'a.jfif', pictures.jpeg, 'image/jpeg', 'image'],
    ['a png', 'a.png', png(), 'image/png', 'image'],
    ['a gif with its animation', 'a.gif', pictures.gif, 'image/gif', 'image'],
    ['a webp', 'a.webp', pictures.webp, 'image/webp', 'image'],
    ['a png named jpg', 'a.jpg', png(), 'image/png', 'image'],
    ['an extension in capitals', 'PLAN.PDF', pdf(), 'application/pdf', 'file'],
    ['a picture of 5000 pixels', 'wide.png', png(5000, 1), 'image/png', 'image'],
  ])('OSSN-23 %s, and its bytes are kept', async (_what, filename, content, mediaType, kind) => {
    const { body } = await sendFile({ filename, content });
    expect(body).toMatchObject({ code: '100', payload: { attachment_name: filename, type_of_attachment: kind } });
    const fetched = await get(body.payload.attachment_url as string);
    expect([fetched.status, fetched.headers['content-type'], fetched.headers['content-length']]).toEqual([200, mediaType, String(content.length)]);
    expect(fetched.headers['etag']).toBe(`"${createHash('sha256').update(content).digest('hex')}"`);
  });

  it('OSSN-23 the place a picture was taken at is removed, its orientation kept', async () => {
    const { body } = await sendFile({ filename: 'trip.jpg', content: withSegments(pictures.jpeg, exifSegment(6)) });
    const { text, headers } = await get(body.payload.attachment_url as string);
    expect(text).not.toContain('GPS');
    expect(text).not.toContain('SecretCam');
    expect(text).toContain('Exif');
    expect(Number(headers['content-length'])).toBeGreaterThan(pictures.jpeg.length);
  });

  it('OSSN-24 the seed’s names: stored name, shown name, slug', async () => {
    for (const [filename, name, slug] of [
      ['Mein Übersicht v2 (final).pdf', 'Mein Übersicht v2 (final).pdf', 'mein-ubersicht-v2-final.pdf'],
      ['PLAN.PDF', 'PLAN.PDF', 'plan.PDF'],
      ['../../etc/<b>x.pdf', '_b_x.pdf', 'bx.pdf'],
      ['C:\\\\temp\\\\x.pdf', 'x.pdf', 'x.pdf'],
    ] as const) {
      const { payload } = (await sendFile({ filename, content: pdf() })).body;
      expect(payload.attachment_name).toBe(name);
      expect(payload['file:attachment']).toMatch(/^attachment\/[0-9a-f]{32}\.pdf$/);
      expect(plain(payload.attachment_url as string)).toBe(`https://harbour.example/messages/attachment/${payload.attachment_guid}/${slug === 'bx.pdf' ? 'b-x.pdf' : slug}`);
    }
  });

  it('OSSN-23 of two files named attachment the last counts; attachment[] and other names do not', async () => {
    const file = (name: string, filename: string): Part => ({ name, value: pdf(filename), filename });
    const call = async (...parts: Part[]): Promise<WireAnswer> => {
      const { body, headers } = multipart([...partsOf({ api_key_token: site.key, from: ines.guid, to: olu.guid, message: 'x' }), ...parts]);
      return send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body, headers });
    };
    expect((await call(file('attachment', 'first.pdf'), file('attachment', 'last.pdf'))).body.payload.attachment_name).toBe('last.pdf');
    expect((await call(file('attachment[]', 'first.pdf'), file('file', 'other.php'))).body).toMatchObject({ code: '100' });
    expect((await call(file('attachment[]', 'first.pdf'))).body.payload).not.toHaveProperty('attachment_guid');
    const { body } = await call(file('attachment', 'mine.pdf'), file('other', 'other.pdf'));
    expect(body.payload.attachment_name).toBe('mine.pdf');
  });

  it('OSSN-26 message_add takes a file too and shows nothing of it', async () => {
    const { body } = await site.upload('v1.0/message_add', { from: ines.guid, to: olu.guid, message: 'x' }, { filename: 'a.pdf', content: pdf('added') });
    expect(Object.keys(body.payload as object)).toEqual(['id', 'message_from', 'message_to', 'message', 'viewed', 'time']);
    const { list } = await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid });
    expect(list.at(-1)).toMatchObject({ id: body.payload.id, attachment_name: 'a.pdf' });
  });
});

describe('what is refused', () => {
  const html = '<html><script>alert(1)</script></html>';
  it.each<[string, SentFile]>([
    ['html named pdf', { filename: 'a.pdf', content: html, type: 'application/pdf' }],
    ['php named pdf', { filename: 'a.pdf', content: '<?php echo 1;', type: 'application/pdf' }],
    ['php by its name', { filename: 'a.php', content: pdf(), type: 'application/pdf' }],
    ['a name with a second extension', { filename: 'a.pdf.php', content: pdf() }],
    ['no extension', { filename: 'pdf', content: pdf() }],
    ['an svg', { filename: 'a.svg', content: '<svg xmlns="http://www.w3.org/2000/svg"/>', type: 'image/png' }],
    ['a pdf named jpg', { filename: 'a.jpg', content: pdf(), type: 'image/jpeg' }],
    ['a png named pdf', { filename: 'a.pdf', content: png() }],
    ['a zip named docx', { filename: 'a.docx', content: zip({ 'a.txt': 'x' }) }],
    ['a spreadsheet named docx', { filename: 'a.docx', content: zip({ '[Content_Types].xml': '<Types/>', 'xl/workbook.xml': 'x' }) }],
    ['an empty file', { filename: 'a.pdf', content: '' }],
    ['an empty picture', { filename: 'a.png', content: '' }],
    ['a picture of 5001 pixels', { filename: 'wide.png', content: png(5001, 1) }],
    ['a picture cut in half', { filename: 'half.png', content: png(100, 100).subarray(0, 60) }],
  ])('OSSN-23 OSSN-20 %s: nothing is stored', async (_what, file) => {
    const [messages, files] = [await stored(), filesOnDisk().length];
    const answer = await sendFile(file);
    expect([answer.status, ...outcomeOf(answer)]).toEqual([200, ...NOT_SENT]);
    expect([await stored(), filesOnDisk().length]).toEqual([messages, files]);
  });

  it('OSSN-20 an attachment does not excuse a blank message, and comes last in the order', async () => {
    const bad = { filename: 'a.php', content: 'x' };
    expect(outcomeOf(await sendFile(bad, {}, { message: '' }))).toEqual(['106', 'Message can not be blank']);
    expect(outcomeOf(await sendFile(bad, {}, { to: 999_999 }))).toEqual(['103', 'No such a user exists']);
    const files = filesOnDisk().length;
    expect(outcomeOf(await sendFile({ filename: 'a.pdf', content: pdf('blank') }, {}, { message: ' ' }))).toEqual(['106', 'Message can not be blank']);
    expect(filesOnDisk().length).toBe(files);
  });

  it('OSSN-23 OSSN-05 over the limit it is 413 in the usual form, and nothing is stored', async () => {
    const before = await stored();
    const just = Buffer.concat([pdf(), Buffer.alloc(300 * 1024 - pdf().length)]);
    expect((await sendFile({ filename: 'just.pdf', content: just })).body.code).toBe('100');
    const over = await sendFile({ filename: 'over.pdf', content: Buffer.concat([just, Buffer.alloc(1)]) });
    expect([over.status, over.body.payload, over.body.code, over.headers['content-type']]).toEqual([413, false, '200', 'application/json; charset=utf-8']);
    expect(await stored()).toBe(before + 1);
  });

  it('OSSN-23 with the setting drop the text is sent without the file', async () => {
    await besides({ db: app.db, clock, env: { DATA_DIR: folder.path, OSSN_BAD_ATTACHMENT: 'drop', OSSN_ATTACHMENT_MAX: '300K' } }, async (dropping) => {
      const fields = { from: ines.guid, to: olu.guid, message: 'text' };
      const { body } = await dropping.upload('v2.0/message/send', fields, { filename: 'a.php', content: 'x' });
      expect(body).toMatchObject({ code: '100', payload: { message: 'text' } });
      expect(body.payload).not.toHaveProperty('attachment_guid');
      expect((await dropping.upload('v2.0/message/send', fields, { filename: 'a.pdf', content: Buffer.alloc(400 * 1024) })).status).toBe(413);
    });
  });

  it('OSSN-06 a wrong key ends an upload before its file is read, readably', async () => {
    const files = filesOnDisk().length;
    const slow = await new Promise<WireAnswer['body']>((resolve, reject) => {
      const { headers, body } = multipart([...partsOf({ api_key_token: 'wrong', from: 1, to: 2, message: 'x' }), { name: 'attachment', filename: 'a.pdf', value: 'begin' }]);
      const request = httpRequest(app.url + '/api/v2.0/message/send', { method: 'POST', headers: { ...headers, 'Content-Length': '200000' } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(JSON.parse(text)));
      });
      // the rest never comes
      request.on('error', reject).write(body.subarray(0, body.indexOf('begin') + 5));
    });
    expect([slow.code, slow.message]).toEqual(['106', 'Invalid API KEY token']);
    expect(filesOnDisk().length).toBe(files);
    // the key after the file still counts
    const { body, headers } = multipart([{ name: 'attachment', filename: 'late.pdf', value: pdf('late') }, ...partsOf({ from: ines.guid, to: olu.guid, message: 'x', api_key_token: site.key })]);
    expect((await send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body, headers })).body.payload.attachment_name).toBe('late.pdf');
  });

  it('OSSN-22 broken uploads leave no file behind', async () => {
    const before = filesOnDisk().length;
    const whole = multipart([...partsOf({ api_key_token: site.key, from: ines.guid, to: olu.guid, message: 'x' }), { name: 'attachment', filename: 'a.pdf', value: Buffer.alloc(50_000, 'x') }]);
    const { port } = new URL(app.url);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        new Promise<void>((resolve) => {
          const socket = connect(Number(port), '127.0.0.1');
          socket.on('error', () => undefined).on('close', () => resolve());
          socket.write(`POST /api/v2.0/message/send HTTP/1.1\r\nHost: x\r\nContent-Type: ${whole.headers['Content-Type']}\r\nContent-Length: ${whole.body.length}\r\n\r\n`);
          socket.write(whole.body.subarray(0, 200 + index * 1000));
          setTimeout(() => socket.destroy(), 100);
        })),
    );
    for (let tries = 0; tries < 50 && filesOnDisk().length > before; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(filesOnDisk().length).toBe(before);
  });
});

describe('who may fetch', () => {
  let url: string;
  let path: string;
  let guid: string;
  let third: OssnUser;
  const keyOf = async (user: OssnUser): Promise<string> =>
    (await app.app.get(Credentials).issue({ dialect: 'ossn', kind: 'user', userId: String(user.guid), prefix: '', lifetimeSeconds: null })).secret;
  const cookieOf = async (user: OssnUser): Promise<string> =>
    String((await site.post('v1.0/user_authenticate', { username: user.username, password: user.password })).headers['set-cookie']).split(';')[0]!;

  beforeAll(async () => {
    const { payload } = (await sendFile({ filename: 'offer.pdf', content: pdf('offer') })).body;
    [url, guid] = [payload.attachment_url as string, payload.attachment_guid as string];
    path = plain(url);
    third = await site.user('Third');
  });

  it('OSSN-25 whoever has the signed address, through both paths and any last segment', async () => {
    const { search } = new URL(url);
    for (const address of [url, `/messages_attachment_view/${guid}/offer.pdf${search}`, `/messages/attachment/${guid}/anything.exe${search}`, `/messages/attachment/${guid}${search}`, `/messages_attachment_view/${guid}/${search}`]) {
      expect([address, (await get(address)).status]).toEqual([address, 200]);
    }
  });

  it('OSSN-25 a participant with his session or his key, and the site; the parameter or the header', async () => {
    for (const user of [ines, olu]) {
      expect((await get(path, { Cookie: `other=1; ${await cookieOf(user)}` })).status).toBe(200);
      expect((await get(`${path}?api_key_token=${await keyOf(user)}`)).status).toBe(200);
      expect((await get(path, { Authorization: `Bearer ${await keyOf(user)}` })).status).toBe(200);
    }
    expect((await get(`${path}?api_key_token=${site.key}`)).status).toBe(200);
  });

  it('OSSN-34 a changed password ends the sessions that the old one opened, and no key', async () => {
    const reader = await site.user('Reader');
    const { payload } = (await sendFile({ filename: 'r.pdf', content: pdf('r') }, {}, { to: reader.guid })).body;
    const address = plain(payload.attachment_url as string);
    const [cookie, key] = [await cookieOf(reader), await keyOf(reader)];
    expect((await get(address, { Cookie: cookie })).status).toBe(200);
    const names = { new_email: reader.email, new_first_name: 'R', new_last_name: 'R' };
    await site.payload('v1.0/user_edit', { guid: reader.guid, ...names, current_password: reader.password });
    expect((await get(address, { Cookie: cookie })).status).toBe(200);
    await site.payload('v1.0/user_edit', { guid: reader.guid, ...names, current_password: reader.password, new_password: 'quite another' });
    expect((await get(address, { Cookie: cookie })).status).toBe(404);
    expect((await get(`${address}?api_key_token=${key}`)).status).toBe(200);
    expect((await get(address, { Cookie: await cookieOf({ ...reader, password: 'quite another' }) })).status).toBe(200);
  });

  it('OSSN-25 everybody else gets the same 404, whatever is wrong', async () => {
    const { searchParams } = new URL(url);
    const [e, s] = [searchParams.get('e')!, searchParams.get('s')!];
    const other = (await sendFile({ filename: 'other.pdf', content: pdf('other') })).body.payload;
    const otherSignature = new URL(other.attachment_url as string).search;
    const gone = (await sendFile({ filename: 'gone.pdf', content: pdf('gone') })).body.payload;
    await site.payload('v1.0/message_delete', { id: gone.id, guid: ines.guid });
    const limited = await app.app.get(Credentials).issue({ dialect: 'ossn', kind: 'site', userId: null, prefix: '', scopes: ['v2.0/message/send'], lifetimeSeconds: null });
    const strangers: [string, string, Record<string, string>?][] = [
      ['no sign of who he is', path],
      ['a third one with his session', path, { Cookie: await cookieOf(third) }],
      ['a third one with his key', `${path}?api_key_token=${await keyOf(third)}`],
      ['a wrong key', `${path}?api_key_token=wrong`],
      ['a key that may not read', `${path}?api_key_token=${limited.secret}`],
      ['a session as a key', `${path}?api_key_token=${(await cookieOf(ines)).split('=')[1]!}`],
      ['a key as a session', path, { Cookie: `ossn_session=${await keyOf(ines)}` }],
      ['a made-up session', path, { Cookie: `ossn_session=${'x'.repeat(43)}` }],
      ['an altered signature', `${path}?e=${e}&s=${s.startsWith('A') ? 'B' : 'A'}${s.slice(1)}`],
      ['another expiry', `${path}?e=${Number(e) + 1}&s=${s}`],
      ['half a signature', `${path}?e=${e}`],
      ['the signature of another file', `${path}${otherSignature}`],
      ['an unknown file', `/messages/attachment/4503599627370496/offer.pdf?api_key_token=${site.key}`],
      ['an unknown file, nobody', '/messages/attachment/4503599627370496/offer.pdf'],
      ['a deleted file', gone.attachment_url as string],
      ['a deleted file, its sender', plain(gone.attachment_url as string), { Cookie: await cookieOf(ines) }],
      ['no number', `/messages/attachment/abc/offer.pdf?api_key_token=${site.key}`],
      ['a huge number', `/messages/attachment/${'9'.repeat(40)}/offer.pdf?api_key_token=${site.key}`],
      ['a path within', `/messages/attachment/${guid}/a/b?e=${e}&s=${s}`],
    ];
    const seen = new Set<string>();
    for (const [who, address, headers] of strangers) {
      const { status, text, headers: { 'content-type': type, 'cache-control': cache } } = await get(address, headers);
      expect([who, status, type, cache]).toEqual([who, 404, 'application/problem+json; charset=utf-8', 'no-store']);
      seen.add(text);
    }
    expect([...seen]).toEqual(['{"type":"about:blank","title":"Not found","status":404}']);
  });

  it('OSSN-25 a signature ends with its time, and every list gives a new one', async () => {
    const old = (await sendFile({ filename: 'week.pdf', content: pdf('week') })).body.payload;
    expect((await get(old.attachment_url as string)).status).toBe(200);
    clock.advance(6.9 * 24 * 3600_000);
    expect((await get(old.attachment_url as string)).status).toBe(200);
    clock.advance(0.5 * 24 * 3600_000);
    expect((await get(old.attachment_url as string)).status).toBe(404);
    const { list } = await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid });
    const renewed = list.find(({ id }: { id: number }) => id === old.id).attachment_url as string;
    expect(renewed).not.toBe(old.attachment_url);
    expect((await get(renewed)).status).toBe(200);
  });

  it('OSSN-25 who removed the message from his own view no longer fetches its file', async () => {
    const { payload } = (await sendFile({ filename: 'mine.pdf', content: pdf('mine') })).body;
    await site.payload('v1.0/message_delete', { id: payload.id, guid: olu.guid, type: 'me' });
    const address = plain(payload.attachment_url as string);
    expect((await get(address, { Cookie: await cookieOf(olu) })).status).toBe(404);
    expect((await get(address, { Cookie: await cookieOf(ines) })).status).toBe(200);
  });

  it('OSSN-25 with the setting plain no address is signed, and none opens by itself', async () => {
    await besides({ db: app.db, clock, env: { DATA_DIR: folder.path, OSSN_ATTACHMENT_URL: 'plain', PUBLIC_URL: 'https://harbour.example' } }, async (bare) => {
      const { payload } = (await bare.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'x' }, { filename: 'a.pdf', content: pdf() })).body;
      expect(payload.attachment_url).toBe(`https://harbour.example/messages/attachment/${payload.attachment_guid}/a.pdf`);
      expect((await get(payload.attachment_url as string)).status).toBe(404);
      expect((await get(payload.attachment_url as string, { Cookie: await cookieOf(olu) })).status).toBe(200);
    });
  });
});

describe('how it is served', () => {
  it.each<[string, Buffer, string]>([
    ['a.pdf', pdf('served'), 'inline'],
    ['a.png', png(), 'inline'],
    ['a.docx', docx('served'), 'attachment'],
  ])('OSSN-25 %s: headers, ETag, Range, HEAD', async (filename, content, disposition) => {
    const { payload } = (await sendFile({ filename, content })).body;
    const address = payload.attachment_url as string;
    const whole = await get(address);
    expect(whole.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private',
      'accept-ranges': 'bytes',
    });
    expect(String(whole.headers['content-disposition']).replaceAll('"', '')).toBe(`${disposition}; filename=${filename}`);
    expect(whole.headers['cross-origin-resource-policy']).toBe(filename.endsWith('.png') ? 'cross-origin' : 'same-origin');
    const same = await get(address, { 'If-None-Match': String(whole.headers['etag']) });
    expect([same.status, same.text]).toEqual([304, '']);
    const part = await get(address, { Range: 'bytes=1-3' });
    expect([part.status, part.headers['content-range'], part.text]).toEqual([206, `bytes 1-3/${content.length}`, content.subarray(1, 4).toString('utf8')]);
    expect((await get(address, { Range: 'bytes=999999-' })).status).toBe(416);
    const head = await get(address, {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, String(content.length), '']);
    expect((await get(address, {}, 'POST')).status).toBe(405);
  });
});

describe('what goes with a message', () => {
  it('OSSN-30 deleting a message takes its file: the address is 404 at once, the bytes after the sweep', async () => {
    const content = pdf('to be swept');
    const { payload } = (await sendFile({ filename: 'swept.pdf', content })).body;
    const digest = createHash('sha256').update(content).digest('hex');
    const lies = () => filesOnDisk().some((file) => file.endsWith(digest));
    expect(lies()).toBe(true);
    await site.payload('v1.0/message_delete', { id: payload.id, guid: ines.guid });
    expect((await get(payload.attachment_url as string)).status).toBe(404);
    clock.advance(2 * 3600_000);
    await app.app.get(AttachmentSweeper).sweep();
    expect(lies()).toBe(false);
  });

  it('OSSN-22 message, attachment and bytes appear together: without room for the row there is no message', async () => {
    const before = await stored();
    await app.sql('ALTER TABLE attachments ADD CONSTRAINT no_more CHECK (name <> \'doomed.pdf\')');
    const answer = await sendFile({ filename: 'doomed.pdf', content: pdf('doomed') });
    await app.sql('ALTER TABLE attachments DROP CONSTRAINT no_more');
    expect(answer.body.code).not.toBe('100');
    expect(await stored()).toBe(before);
  });
});

describe('pictures of users', () => {
  it('OSSN-16 every icon address loads, for a long time, in its size', async () => {
    const { icon } = await site.payload('v1.0/user_details', { guid: ines.guid });
    const sizes: Record<string, number> = { topbar: 20, smaller: 32, small: 50, larger: 100, large: 170 };
    for (const [size, side] of Object.entries(sizes)) {
      const bytes = await fetch(icon[size].replace('https://harbour.example', app.url)).then(async (answer) => {
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
        expect(Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1])).toBeGreaterThan(86_400);
        return Buffer.from(await answer.arrayBuffer());
      });
      const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
      expect([size, bytes.readUInt16BE(frame + 5), bytes.readUInt16BE(frame + 7)]).toEqual([size, side, side]);
    }
    for (const address of ['/avatar/nobodyatall/small/0.jpeg', '/avatar/nobodyatall/small', `/avatar/${ines.username}/large/anything`]) expect((await get(address)).status).toBe(200);
    for (const address of ['/avatar/x/huge/0.jpeg', '/avatar/x/constructor/0.jpeg', '/avatar/x', '/avatar/']) expect([address, (await get(address)).status]).toEqual([address, 404]);
    const head = await get('/avatar/x/small/0.jpeg', {}, 'HEAD');
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

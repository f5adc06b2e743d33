import { gzipSync } from 'node:zlib';
import { sniff } from '../../../src/media/sniff.js';
import { docx, pdf, zip } from '../../support/documents.js';
import { pictures, png } from '../../support/pictures.js';
import { accessTo } from './support.js';

const kind = (bytes: Buffer | string) => sniff(accessTo(Buffer.from(bytes as string, 'latin1')));
const UNKNOWN = { family: 'other', mediaType: 'application/octet-stream' };
const DOCX = { family: 'docx', mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' };

describe('the type of a file, by its content', () => {
  it.each([
    ['jpeg', 'image/jpeg', pictures.jpeg], ['png', 'image/png', png()], ['gif', 'image/gif', pictures.gif], ['webp', 'image/webp', pictures.webp],
    ['pdf', 'application/pdf', pdf()], ['pdf', 'application/pdf', Buffer.concat([Buffer.alloc(1000, 32), pdf()])],
    ['zip', 'application/zip', zip({ 'a.txt': 'a' })],
    ['zip', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', zip({ '[Content_Types].xml': '', 'xl/workbook.xml': '' })],
    ['other', 'application/gzip', gzipSync('hello')],
    ['other', 'audio/mpeg', Buffer.from('ID3\x04\0\0\0\0\0\0'.padEnd(40, '\0'), 'latin1')],
    ['other', 'video/mp4', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')],
    ['other', 'application/ogg', Buffer.from('OggS'.padEnd(80, '\0'), 'latin1')],
  ] as const)('%s: %s', async (family, mediaType, bytes) => {
    expect(await kind(bytes)).toEqual({ family, mediaType });
  });

  it('is that of a document for an archive with a list of types and a folder word/', async () => {
    expect(await kind(docx())).toEqual(DOCX);
    expect(await kind(zip({ 'word/a.xml': '', 'x': '', '[Content_Types].xml': '' }, 'a comment'))).toEqual(DOCX);
    expect(await kind(zip({ ...Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`media/picture-${index}.png`, ''])), '[Content_Types].xml': '', 'word/a': '' }))).toEqual(DOCX);
    for (const names of [['[Content_Types].xml'], ['word/document.xml'], ['[Content_Types].xml', 'words/a'], ['a/[Content_Types].xml', 'word/a'], []]) {
      expect(await kind(zip(Object.fromEntries(names.map((name) => [name, '']))))).toMatchObject({ family: names.length === 0 ? 'other' : 'zip' });
    }
  });

  it('is told from a directory of any length, read in pieces', async () => {
    for (let length = 65_536 - 46 - 70; length < 65_536 - 46; length += 3) {
      expect(await kind(zip({ ['x'.repeat(length)]: '', '[Content_Types].xml': '', 'word/document.xml': '' }))).toEqual(DOCX);
    }
    expect(await kind(zip({ ['x'.repeat(65_535)]: '', '[Content_Types].xml': '', 'word/document.xml': '' }))).toMatchObject({ family: 'zip' });
  });

  it('is not that of a document where the archive is cut, or only says its words', async () => {
    expect(await kind(docx().subarray(0, -10))).toMatchObject({ family: 'zip' });
    expect(await kind(`PK\x03\x04[Content_Types].xml word/document.xml`)).toMatchObject({ family: 'zip' });
  });

  it.each([
    ['nothing', ''], ['one byte', 'x'], ['a page', '<!doctype html><script>alert(1)</script>'], ['a picture with scripts', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
    ['markup', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'], ['a script', '#!/bin/sh\n'], ['php', '<?php system($_GET[0]);'], ['a program for browsers', '\0asm\x01\0\0\0'],
    ['a calendar', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'], ['flash', 'CWS\x0a\0\0\0\0'], ['a mark too far in', `${' '.repeat(1024)}%PDF-1.4`], ['text', 'hello'],
  ])('is unknown for %s', async (_what, bytes) => {
    expect(await kind(bytes)).toEqual(UNKNOWN);
  });
});

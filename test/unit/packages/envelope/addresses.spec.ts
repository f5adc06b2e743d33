import { cardLink, cardUri, type ContactCard, parseAddress, parseCard, readCard, UsageError, writeAddress } from '@polypost/envelope';
import { checkBaseUrl, originOf, parseHost } from '@polypost/envelope/testing';

const CARD: ContactCard = {
  v: 1, address: 'bob@mail.example', base_url: 'https://mail.example', user_id: 'b0b7f3', token: 'ppt1_x', identity_fp: 'ab'.repeat(32), server_fp: 'cd'.repeat(32), algorithms: ['HPKE-X25519+A256GCM'], issued_at: '2026-11-20T10:00:00.000Z',
};

describe('ENV-67 addresses', () => {
  it.each([
    ['bob@mail.example', 'bob', 'mail.example'], ['Bob@MAIL.example', 'bob', 'mail.example'], ['b@mail.example:443', 'b', 'mail.example'], ['b.o-b_9@mail.example:8443', 'b.o-b_9', 'mail.example:8443'],
    ['bob@b\u00fccher.example', 'bob', 'xn--bcher-kva.example'], ['bob@localhost:3000', 'bob', 'localhost:3000'], ['bob@[::1]:3000', 'bob', '[::1]:3000'], [`${'x'.repeat(64)}@h`, 'x'.repeat(64), 'h'],
  ])('reads %s', (text, name, host) => {
    expect(parseAddress(text)).toEqual({ name, host });
    expect(parseAddress(writeAddress({ name, host }))).toEqual({ name, host });
  });

  it.each(['', 'bob', '@host', 'bob@', 'b b@host', '.bob@host', 'bob.@host', `${'x'.repeat(65)}@host`, 'b\u00f6b@host', 'bob@host/path', 'bob@user@host/x', 'bob@host?x', 'bob@host#x', 'bob@ho st', 'bob@host:port', 'bob@host:99999'])('refuses "%s"', (text) => {
    expect(() => parseAddress(text)).toThrow(UsageError);
  });

  it('are reached through https; http is for this machine, and only when that is wanted', () => {
    for (const host of ['localhost:3000', '127.0.0.1:80', '127.9.9.9', '[::1]:3000']) expect([originOf(host, true), originOf(host, false)]).toEqual([`http://${host}`, `https://${host}`]);
    for (const host of ['mail.example', 'localhost.example', '10.0.0.1', 'notlocalhost', '128.0.0.1']) expect(originOf(host, true)).toBe(`https://${host}`);
    expect(checkBaseUrl('https://mail.example/post/', false)).toBe('https://mail.example/post');
    expect(checkBaseUrl('http://localhost:3000', true)).toBe('http://localhost:3000');
    for (const [url, isAllowed] of [['http://localhost:3000', false], ['http://mail.example', true], ['ftp://mail.example', true], ['https://u@mail.example', true], ['https://mail.example/?a', true], ['mail.example', true]] as const) {
      expect(() => checkBaseUrl(url, isAllowed)).toThrow(UsageError);
    }
    expect(parseHost('MAIL.example:443')).toBe('mail.example');
  });
});

describe('ENV-87 contact cards', () => {
  it('come as JSON, as a link whose secret part no server sees, or as a URI', () => {
    expect(cardLink(CARD)).toMatch(/^https:\/\/mail\.example\/c#[A-Za-z0-9_-]+$/);
    expect(cardUri(CARD)).toMatch(/^envelope:[A-Za-z0-9_-]+$/);
    for (const text of [JSON.stringify(CARD), cardLink(CARD), cardUri(CARD), `\n${cardLink(CARD)}\n`]) expect(parseCard(text)).toEqual(CARD);
    expect(readCard({ ...CARD, more: 1 })).toEqual(CARD);
  });

  it.each([
    ['another version', { v: 2 }], ['no token', { token: undefined }], ['a token with a space', { token: 'a b' }], ['a bad address', { address: 'bob' }], ['a bad user id', { user_id: 'a-b' }], ['a bad pin', { identity_fp: 'x' }],
    ['no server pin', { server_fp: 7 }], ['a bad date', { issued_at: 'now' }], ['a bad URL', { base_url: 'javascript:x' }], ['algorithms that are none', { algorithms: [1] }],
  ])('are refused with %s', (_what, over) => expect(() => parseCard(JSON.stringify({ ...CARD, ...over }))).toThrow(UsageError));

  it.each(['', '[]', 'envelope:', 'envelope:%%%', 'https://mail.example/c', `https://mail.example/c#${'A'.repeat(20)}`, 'null'])('are not "%s"', (text) => expect(() => parseCard(text)).toThrow(UsageError));
});

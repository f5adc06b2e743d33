import { createHash } from 'node:crypto';
import { type User } from '../../../../src/core/accounts/user.js';
import { type DirectMessage } from '../../../../src/core/conversations/direct-message.js';
import { iconUrl } from '../../../../src/dialects/social/ossn/ossn.icons.js';
import { fullUser, isOnline, trimmedUser, wireDate } from '../../../../src/dialects/social/ossn/ossn.users.js';
import { renderAdded, renderListed, renderListedV1, renderNew, renderNewV1, renderRecent, renderSent, type WireMessage } from '../../../../src/dialects/social/ossn/messages/message.render.js';

const BASE = 'https://harbour.example/';
const NOW = Date.UTC(2026, 10, 21, 12);

const user = (id: string, username: string, firstName: string, over: Partial<User> = {}): User => ({
  id, username, firstName, lastName: 'Roth', email: `${username}@harbour.example`, birthdate: '1990-05-24', gender: 'female', role: 'user',
  createdAt: new Date(NOW), validatedAt: new Date(NOW), lastActivityAt: null, disabledAt: null, ...over,
});
const ines = user('31', 'inesroth', 'Ines');
const olu = user('44', 'olubank', 'Olu');
const context = { base: BASE, people: new Map([['31', ines], ['44', olu]]), fileUrl: ({ wireId }: { wireId: string }) => `${BASE}messages/attachment/${wireId}/offer.pdf?e=1&s=x` };

const attachment = { wireId: '612', name: 'offer.pdf', mediaType: 'application/pdf', byteSize: 9, sha256: Buffer.alloc(32), storageKey: 'a', details: { stored_name: `${'0f'.repeat(16)}.pdf` } };
const message = (over: Partial<DirectMessage> = {}): DirectMessage => ({
  number: 907, from: '31', to: '44', text: 'a\n<b>', createdAt: new Date(1_790_000_123_999), readAt: null,
  removedBySender: false, removedByRecipient: false, withdrawn: false, origin: 'ossn', attachment: null, ...over,
});

const icon = (name: string): string => `${BASE}avatar/${name}/small/${createHash('md5').update(`${name}small`).digest('hex')}.jpeg`;
const FROM = { guid: 31, fullname: 'Ines Roth', username: 'inesroth', icon: { small: icon('inesroth') } };
const TO = { guid: 44, fullname: 'Olu Roth', username: 'olubank', icon: { small: icon('olubank') } };

const head = (sides: 'users' | 'ids') => ({
  id: 907,
  message_from: sides === 'users' ? FROM : 31,
  message_to: sides === 'users' ? TO : 44,
  message: 'a<br />\n&lt;b&gt;',
  viewed: '0',
  time: 1_790_000_123,
});
const STORED = `attachment/${'0f'.repeat(16)}.pdf`;
const REMOVAL = { is_deleted_from: '', is_deleted_to: '' };
const FILE = { attachment_guid: '612', attachment_name: 'offer.pdf', type_of_attachment: 'file', attachment_url: `${BASE}messages/attachment/612/offer.pdf?e=1&s=x` };
const RAW_FILE = { attachment_guid: '612', attachment_name: 'file:offer.pdf' };
const NO_FILE = { type_of_attachment: false, attachment_name: null, attachment_url: null };

/** Same keys, same values, same types, same order. */
function expectExactly(actual: WireMessage, expected: object): void {
  expect(JSON.stringify(actual, null, 1)).toBe(JSON.stringify(expected, null, 1));
}

describe('a message in the form of each call', () => {
  it('OSSN-17 OSSN-21 message/send', () => {
    expectExactly(renderSent(message(), context), { data: {}, ...head('users'), ...REMOVAL });
    expectExactly(renderSent(message({ attachment }), context), { data: {}, ...head('users'), 'file:attachment': STORED, ...REMOVAL, ...FILE });
  });

  it('OSSN-17 OSSN-26 message_add has six keys, with a file too', () => {
    expectExactly(renderAdded(message(), context), head('users'));
    expectExactly(renderAdded(message({ attachment }), context), head('users'));
  });

  it('OSSN-17 OSSN-28 message/list: numbers for people, no data', () => {
    expectExactly(renderListed(message(), context), { ...head('ids'), ...REMOVAL });
    expectExactly(renderListed(message({ attachment }), context), { ...head('ids'), ...REMOVAL, ...FILE });
  });

  it('OSSN-17 OSSN-28 message_list: people, data, no file:attachment', () => {
    expectExactly(renderListedV1(message(), context), { data: {}, ...head('users'), ...REMOVAL });
    expectExactly(renderListedV1(message({ attachment }), context), { data: {}, ...head('users'), ...REMOVAL, ...FILE });
  });

  it('OSSN-17 OSSN-27 message/new: three odd keys where there is no file', () => {
    expectExactly(renderNew(message(), context), { data: {}, ...head('ids'), ...REMOVAL, ...NO_FILE });
    expectExactly(renderNew(message({ attachment }), context), { data: {}, ...head('ids'), ...REMOVAL, ...FILE });
  });

  it('OSSN-17 OSSN-27 message_new: the file as it is kept, its kind before its name', () => {
    expectExactly(renderNewV1(message(), context), { data: {}, ...head('users'), ...REMOVAL });
    expectExactly(renderNewV1(message({ attachment }), context), { data: {}, ...head('users'), 'file:attachment': STORED, ...REMOVAL, ...RAW_FILE });
    const picture = { ...attachment, name: 'a.PNG', mediaType: 'image/png', details: { stored_name: `${'0f'.repeat(16)}.png` } };
    expect(renderNewV1(message({ attachment: picture }), context)['attachment_name']).toBe('image:a.PNG');
  });

  it('OSSN-17 OSSN-29 message_recent: as message_new, without <br />, with answered', () => {
    expectExactly(renderRecent(message(), context, false), { data: {}, ...head('users'), message: 'a\n&lt;b&gt;', ...REMOVAL, answered: 0 });
    expectExactly(renderRecent(message({ attachment }), context, true), { data: {}, ...head('users'), message: 'a\n&lt;b&gt;', 'file:attachment': STORED, ...REMOVAL, ...RAW_FILE, answered: 1 });
  });

  it('OSSN-17 viewed and removed are texts', () => {
    const seen = message({ readAt: new Date(NOW), removedBySender: true, removedByRecipient: true });
    expect(renderListed(seen, context)).toMatchObject({ viewed: '1', is_deleted_from: '1', is_deleted_to: '1' });
  });

  it('OSSN-30 a message deleted for both is empty, marked, and without a file', () => {
    const gone = message({ text: '', withdrawn: true, attachment });
    expectExactly(renderListed(gone, context), { ...head('ids'), message: '', ...REMOVAL, is_deleted: '1' });
    expectExactly(renderListedV1(gone, context), { data: {}, ...head('users'), message: '', ...REMOVAL, is_deleted: '1' });
    expectExactly(renderRecent(gone, context, false), { data: {}, ...head('users'), message: '', ...REMOVAL, is_deleted: '1', answered: 0 });
  });

  it('a file of another tongue that is none of the eight types is told by its name', () => {
    const song = { ...attachment, name: 'song <1>.mp3' };
    expectExactly(renderSent(message({ attachment: song }), context), { data: {}, ...head('users'), message: 'a<br />\n&lt;b&gt;<br />\n[song &lt;1&gt;.mp3]', ...REMOVAL });
    expect(renderSent(message({ text: '', attachment: song }), context)['message']).toBe('[song &lt;1&gt;.mp3]');
  });
});

describe('a user on the wire', () => {
  it('OSSN-14 within messages has four keys and one picture', () => {
    expect(JSON.stringify(trimmedUser(BASE, ines))).toBe(JSON.stringify(FROM));
    expect(Object.keys(trimmedUser(BASE, ines, ['small', 'smaller']).icon)).toEqual(['small', 'smaller']);
    expect(trimmedUser(BASE, user('1', 'x', 'Solo', { lastName: '' })).fullname).toBe('Solo');
  });

  it('OSSN-15 by himself has every key in its type', () => {
    const sizes = ['topbar', 'smaller', 'small', 'larger', 'large'] as const;
    const expected = {
      guid: 31, first_name: 'Ines', last_name: 'Roth', fullname: 'Ines Roth', username: 'inesroth', email: 'inesroth@harbour.example', birthdate: '24/05/1990', gender: 'female',
      is_verified_user: null, icon: Object.fromEntries(sizes.map((size) => [size, iconUrl(BASE, 'inesroth', size)])), cover_url: false, language: null,
    };
    expect(JSON.stringify(fullUser(BASE, ines, false))).toBe(JSON.stringify(expected));
    expect(JSON.stringify(fullUser(BASE, ines, true))).toBe(JSON.stringify({ ...expected, email: '', birthdate: '' }));
    expect(fullUser(BASE, user('1', 'x', 'X', { email: null, birthdate: null, gender: null }), false)).toMatchObject({ email: '', birthdate: '', gender: '' });
    expect(wireDate('2000-02-01')).toBe('01/02/2000');
  });

  it('OSSN-16 the hash of a picture is that of name and size', () => {
    // two published addresses
    const site = 'http://dev.opensource-socialnetwork.org/';
    expect(iconUrl(site, 'arsalanshah', 'small')).toBe(`${site}avatar/arsalanshah/small/c0e15d54735a596d4e16bf1aaa999758.jpeg`);
    expect(iconUrl(site, 'testuser', 'small')).toBe(`${site}avatar/testuser/small/fddf4dcc973847d1aeda796356412126.jpeg`);
    expect(iconUrl(BASE, 'a/b?c', 'small')).toContain('/avatar/a%2Fb%3Fc/small/');
  });

  it('OSSN-31 is online for ten seconds', () => {
    const seen = (secondsAgo: number) => isOnline(user('1', 'x', 'X', { lastActivityAt: new Date(NOW - secondsAgo * 1000) }), NOW);
    expect([seen(0), seen(10), seen(10.001), isOnline(ines, NOW)]).toEqual([true, true, false, false]);
  });
});

import { Parameters } from '../../../../src/dialects/keyinbox/keyinbox.parameters.js';
import {
  parseContract, parseEdit, parseIdempotencyKey, parseIdentity, parseList, parseSend, parseSenderSide, parseTerm, parseText,
} from '../../../../src/dialects/keyinbox/keyinbox.parse.js';
import { checks, faultOf, somebody } from './support.js';

const ada = somebody();
const ben = somebody();
const OPTIONS = { ALLOW_NOT_IDENTIFIED_SENDERS: true, MESSAGE_MAX_SIZE: 100 };
const TEXT = { subject: 'Plans', content: 'Meet at noon.' };

const given = (body: object, headers: object = {}, query: object = {}) => new Parameters({ body, headers: headers as Record<string, string>, query });
const sent = (body: object, options: object = {}) => faultOf(() => parseSend(given(body), checks, { ...OPTIONS, ...options }));
const listed = (body: object, headers: object = {}, query: object = {}) => {
  const { skip, take, folder } = parseList(given(body, headers, query), checks, true);
  return { skip, take, folder };
};
const KEY_ONLY = { private_key: ada.privateText };

describe('sending', () => {
  const whole = { public_key: ben.publicText, private_key: ada.privateText, message: TEXT };

  test('KEY-23 recipient, sender and text are taken as they are', () => {
    const parsed = parseSend(given({ ...whole, message: { subject: '<b>\u0000', content: ' 🦊 \r\n' } }), checks, OPTIONS);
    expect(parsed.recipient.text).toBe(ben.publicText);
    expect(parsed.sender?.publicKey.text).toBe(ada.publicText);
    expect({ ...parsed.text }).toEqual({ subject: '<b>\u0000', content: ' 🦊 \r\n' });
  });

  test('KEY-24 the first check that fails is the one reported', () => {
    const steps: [object, string][] = [
      [{}, 'missing_parameter public_key'],
      [{ public_key: 'bad', private_key: 'bad' }, 'missing_parameter message'],
      [{ public_key: 'bad', private_key: 'bad', message: {} }, 'invalid_public_key'],
      [{ public_key: ben.publicText, private_key: 'bad', message: {} }, 'invalid_private_key'],
      [{ public_key: ada.publicText, private_key: ada.privateText, message: {} }, 'self_send'],
      [{ ...whole, message: {} }, 'missing_parameter content'],
      [{ ...whole, message: { content: 7 } }, 'missing_parameter subject'],
      [{ ...whole, message: { content: 7, subject: 7 } }, 'invalid_parameter content'],
      [{ ...whole, message: { content: '', subject: 7 } }, 'invalid_parameter subject'],
      [{ ...whole, message: { content: ' '.repeat(200), subject: '' } }, 'message_empty'],
      [{ ...whole, message: { content: 'x'.repeat(101), subject: '' } }, 'message_too_large'],
      [whole, 'none'],
    ];
    for (const [body, fault] of steps) expect(sent(body)).toBe(fault);
    expect(sent({ public_key: ben.publicText, message: {} }, { ALLOW_NOT_IDENTIFIED_SENDERS: false })).toBe('anonymous_not_allowed');
  });

  test.each([
    ['absent', {}],
    ['null', { private_key: null }],
    ['empty', { private_key: '' }],
  ])('KEY-25 a private key that is %s means not identified: allowed by true, refused by false', (_how, key) => {
    const body = { public_key: ben.publicText, message: TEXT, ...key };
    expect(parseSend(given(body), checks, OPTIONS).sender).toBeNull();
    expect(sent(body, { ALLOW_NOT_IDENTIFIED_SENDERS: false })).toBe('anonymous_not_allowed');
    expect(sent({ ...body, private_key: ada.privateText }, { ALLOW_NOT_IDENTIFIED_SENDERS: false })).toBe('none');
  });

  test('KEY-25 a wrong private key is never taken for none', () => {
    expect(sent({ ...whole, private_key: ' ' })).toBe('invalid_private_key');
  });
});

describe('texts', () => {
  const text = (content: unknown, subject: unknown, limit = 10) => faultOf(() => parseText({ content, subject }, limit));

  test('KEY-26 size is UTF-8 bytes of content and subject; exactly the limit passes', () => {
    expect(text('12345', '12345')).toBe('none');
    expect(text('12345', '123456')).toBe('message_too_large');
    expect(text('ééééé', '')).toBe('none');
    expect(text('éééééé', '')).toBe('message_too_large');
    expect(text('🦊🦊', '12')).toBe('none');
    expect(text('🦊🦊', '123')).toBe('message_too_large');
  });

  test('KEY-26 the error names the limit in bytes', () => {
    expect(() => parseText({ content: 'x'.repeat(11), subject: '' }, 10)).toThrow(expect.objectContaining({ text: expect.stringContaining('10 bytes') }));
  });

  test('KEY-27 one of the two may be empty, both may not', () => {
    expect(text('a', '')).toBe('none');
    expect(text('', 'a')).toBe('none');
    expect(text('', '')).toBe('message_empty');
    expect(text(' \t\n', '\u00a0\u3000')).toBe('message_empty');
    expect(text('\u0000', '')).toBe('none');
  });

  test('KEY-15 a message that is no object is of the wrong type', () => {
    for (const message of ['text', 7, true, [TEXT]]) expect(faultOf(() => parseText(message, 10))).toBe('invalid_parameter message');
  });

  test('KEY-14 null counts as absent', () => {
    expect(text(null, 'a')).toBe('missing_parameter content');
    expect(text('a', null)).toBe('missing_parameter subject');
  });
});

describe('lists', () => {
  const fault = (body: object, query: object = {}) => faultOf(() => listed(body, {}, query));

  test('KEY-32 checks in order', () => {
    expect(fault({})).toBe('missing_parameter private_key');
    expect(fault({ private_key: 'bad' })).toBe('invalid_private_key');
    expect(fault(KEY_ONLY)).toBe('missing_parameter pagination_data');
    expect(fault({ ...KEY_ONLY, pagination_data: {} })).toBe('missing_parameter skip');
    expect(fault({ ...KEY_ONLY, pagination_data: { skip: 'x' } })).toBe('missing_parameter take');
    expect(fault({ ...KEY_ONLY, pagination_data: { skip: 'x', take: 'x' } })).toBe('invalid_parameter skip');
    expect(listed({ ...KEY_ONLY, pagination_data: { skip: 3, take: 4 } })).toEqual({ skip: 3, take: 4, folder: 'inbox' });
  });

  test('KEY-15 integer-like strings pass, everything else does not', () => {
    expect(listed({ ...KEY_ONLY, pagination_data: { skip: '3', take: '-1' } })).toEqual({ skip: 3, take: -1, folder: 'inbox' });
    for (const skip of ['', ' 1', '1.0', '0x1', '1e3', 1.5, true, [1], {}, '99999999999999999999']) {
      expect(fault({ ...KEY_ONLY, pagination_data: { skip, take: 1 } })).toBe('invalid_parameter skip');
    }
    expect(fault({ ...KEY_ONLY, pagination_data: 'all' })).toBe('invalid_parameter pagination_data');
  });

  test('KEY-34 below zero is refused, but for take -1', () => {
    expect(fault({ ...KEY_ONLY, pagination_data: { skip: -1, take: 1 } })).toBe('invalid_parameter skip');
    expect(fault({ ...KEY_ONLY, pagination_data: { skip: 0, take: -2 } })).toBe('invalid_parameter take');
    expect(fault({ ...KEY_ONLY, pagination_data: { skip: 0, take: -1 } })).toBe('none');
  });

  test('KEY-32 without a body the defaults are skip 0 and take 50', () => {
    const header = { 'x-sls-private-key': ada.privateText };
    expect(listed({}, header)).toEqual({ skip: 0, take: 50, folder: 'inbox' });
    expect(listed({}, header, { skip: '5' })).toEqual({ skip: 5, take: 50, folder: 'inbox' });
    expect(listed({}, header, { take: '7', folder: 'Sent' })).toEqual({ skip: 0, take: 7, folder: 'sent' });
  });

  test('KEY-06 each field is taken from body, then header, then query', () => {
    const page = { pagination_data: { skip: 1 } };
    expect(listed({ ...KEY_ONLY, ...page }, {}, { skip: '9', take: '2' })).toEqual({ skip: 1, take: 2, folder: 'inbox' });
    const bothKeys = given({ private_key: 'from body' }, { 'x-sls-private-key': 'from header' }, { private_key: 'from query' });
    expect(bothKeys.privateKey).toBe('from body');
    expect(given({}, { authorization: 'PrivateKey abc' }).privateKey).toBe('abc');
    expect(given({}, { authorization: 'Bearer abc' }).privateKey).toBeUndefined();
    expect(given({}, {}, { private_key: 'from query' }).privateKey).toBeUndefined();
    expect(given({}, { 'x-sls-public-key': 'h' }, { public_key: 'q' }).publicKey).toBe('h');
    expect(given({}, {}, { public_key: 'q' }).publicKey).toBe('q');
    expect(given({ private_key: null }, { 'x-sls-private-key': 'h' }).privateKey).toBeNull();
  });

  test('KEY-75 inbox and sent in any letter case; other folders are refused', () => {
    const page = { ...KEY_ONLY, pagination_data: { skip: 0, take: 1 } };
    expect(listed({ ...page, folder: 'Inbox' }).folder).toBe('inbox');
    expect(listed({ ...page, folder: 'SENT' }).folder).toBe('sent');
    expect(listed({ ...page, folder: null }).folder).toBe('inbox');
    expect(fault({ ...page, folder: 'trash' })).toBe('invalid_parameter folder');
    expect(fault({ ...page, folder: 1 })).toBe('invalid_parameter folder');
    expect(parseList(given({ ...page, folder: 'sent' }), checks, false).folder).toBe('inbox');
  });
});

describe('the sender\'s side, editing', () => {
  test('KEY-39 both keys must be there before either is looked at; the private one first', () => {
    const fault = (body: object) => faultOf(() => parseSenderSide(given(body), checks));
    expect(fault({})).toBe('missing_parameter private_key');
    expect(fault({ private_key: 'bad' })).toBe('missing_parameter public_key');
    expect(fault({ private_key: 'bad', public_key: 'bad' })).toBe('invalid_private_key');
    expect(fault({ private_key: ada.privateText, public_key: 'bad' })).toBe('invalid_public_key');
    expect(fault({ private_key: ada.privateText, public_key: ben.publicText })).toBe('none');
  });

  test('KEY-41 checks in order: message, public_key, private_key there; then public before private', () => {
    const fault = (body: object, optional = false) => faultOf(() => parseEdit(given(body), checks, optional));
    expect(fault({})).toBe('missing_parameter message');
    expect(fault({ message: {} })).toBe('missing_parameter public_key');
    expect(fault({ message: {}, public_key: 'bad' })).toBe('missing_parameter private_key');
    expect(fault({ message: {}, public_key: 'bad', private_key: 'bad' })).toBe('invalid_public_key');
    expect(fault({ message: {}, public_key: ben.publicText, private_key: 'bad' })).toBe('invalid_private_key');
    expect(fault({ message: {}, public_key: ben.publicText, private_key: ada.privateText })).toBe('none');
  });

  test('KEY-74 with protocol 0.15 the recipient may be left out of an edit', () => {
    const body = { message: {}, private_key: ada.privateText };
    expect(parseEdit(given(body), checks, true).recipient).toBeNull();
    expect(parseEdit(given({ ...body, public_key: ben.publicText }), checks, true).recipient?.text).toBe(ben.publicText);
    expect(faultOf(() => parseEdit(given({ ...body, public_key: null }), checks, true))).toBe('missing_parameter public_key');
  });
});

describe('identities and contracts', () => {
  test('KEY-50 absent parts become empty, wrong types and too much are refused', () => {
    const parsed = (about: unknown, limit = 1000) => parseIdentity(given({ ...KEY_ONLY, public: about }), checks, limit);
    expect(parsed({})).toMatchObject({ name: '', biography: '' });
    expect(parsed({ name: 'Ada', biography: null })).toMatchObject({ name: 'Ada', biography: '' });
    expect(faultOf(() => parsed({ name: 7 }))).toBe('invalid_parameter name');
    expect(faultOf(() => parsed('Ada'))).toBe('invalid_parameter public');
    expect(faultOf(() => parsed(undefined))).toBe('missing_parameter public');
    expect(faultOf(() => parsed({ name: 'x'.repeat(100) }, 100))).toBe('message_too_large');
  });

  test('KEY-70 the time is a number of seconds, cut to the ceiling', () => {
    const limits = { bytesMax: 20, secondsMax: 3600 };
    const body = { ...KEY_ONLY, public_key: ben.publicText, message: 'sign' };
    const parsed = (more: object) => parseContract(given({ ...body, ...more }), checks, limits);
    const fault = (more: object) => faultOf(() => parsed(more));
    expect(parsed({ expires: 600.0 }).expiresSeconds).toBe(600);
    expect(parsed({ expires: 99_999 }).expiresSeconds).toBe(3600);
    expect(parsed({ expires: 0.2 }).expiresSeconds).toBe(1);
    for (const expires of [0, -1, '600', true]) expect(fault({ expires })).toBe('invalid_parameter expires');
    expect(fault({})).toBe('missing_parameter expires');
    expect(fault({ expires: 1, message: 7 })).toBe('invalid_parameter message');
    expect(fault({ expires: 1, message: ' ' })).toBe('message_empty');
    expect(fault({ expires: 1, message: 'x'.repeat(21) })).toBe('message_too_large');
    expect(fault({ expires: 1, message: 'x'.repeat(20) })).toBe('none');
    expect(fault({ expires: 1, public_key: ada.publicText })).toBe('self_send');
  });

  test('KEY-71 view, sign and refuse are all that can be done', () => {
    expect(['view', 'sign', 'refuse'].map(parseTerm)).toEqual(['view', 'sign', 'refuse']);
    expect(faultOf(() => parseTerm('Sign'))).toBe('invalid_parameter term');
    expect(faultOf(() => parseTerm(undefined))).toBe('missing_parameter term');
  });
});

test('KEY-31 an Idempotency-Key is one to 255 characters', () => {
  expect(parseIdempotencyKey(undefined)).toBeNull();
  expect(parseIdempotencyKey('k'.repeat(255))).toHaveLength(255);
  expect(faultOf(() => parseIdempotencyKey(''))).toBe('invalid_parameter Idempotency-Key');
  expect(faultOf(() => parseIdempotencyKey('k'.repeat(256)))).toBe('invalid_parameter Idempotency-Key');
});

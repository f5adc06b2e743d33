import { parseRemoteUnits } from '../../../src/config/setting-types.js';

describe('CELL-44 the list of other servers', () => {
  it.each([
    ['https://one.example', { url: 'https://one.example/', host: 'one.example', port: 443, range: null }],
    ['https://ONE.example:443/', { url: 'https://one.example/', host: 'one.example', port: 443, range: null }],
    ['https://one.example:8443', { url: 'https://one.example:8443/', host: 'one.example', port: 8443, range: null }],
    ['https://one.example:8443=10.0.0.0/8', { url: 'https://one.example:8443/', host: 'one.example', port: 8443, range: '10.0.0.0/8' }],
    ['https://[::1]:8443=::1/128', { url: 'https://[::1]:8443/', host: '[::1]', port: 8443, range: '::1/128' }],
    ['https://127.0.0.1:8443=127.0.0.1/32', { url: 'https://127.0.0.1:8443/', host: '127.0.0.1', port: 8443, range: '127.0.0.1/32' }],
  ])('reads %s', (text, unit) => {
    expect(parseRemoteUnits(text)).toEqual([unit]);
  });

  it('reads several', () => {
    expect(parseRemoteUnits('https://a.example, https://b.example=10.1.0.0/16')?.map(({ url, range }) => [url, range])).toEqual([['https://a.example/', null], ['https://b.example/', '10.1.0.0/16']]);
  });

  it.each([
    'http://one.example', 'one.example', 'https://', 'https://one.example/path', 'https://user@one.example', 'https://one.example?x', 'https://one.example#x', 'https://one.example=',
    'https://one.example=10.0.0.0', 'https://one.example=10.0.0.0/33', 'https://one.example=loopback', 'https://one.example=::ffff:10.0.0.0/104', 'https://one.example:0', 'https://one.example:99999',
    'https://a.example,https://A.example:443', 'ftp://one.example', 'https:one.example', 'https://one.example\\x',
  ])('does not read %s', (text) => {
    expect(parseRemoteUnits(text)).toBeUndefined();
  });
});

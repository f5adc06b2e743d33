import { isAllowedAddress, isRange } from '../../../src/egress/address-rules.js';

describe('addresses of other hosts', () => {
  it.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e', '::ffff:1.1.1.1', '172.32.0.1', '172.15.255.255', '192.169.0.1', '100.128.0.1', '11.0.0.1'])('%s is public', (address) => {
    expect(isAllowedAddress(address, 'host', [])).toBe(true);
  });

  it.each(['127.0.0.1', '10.1.2.3', '::1', '::ffff:10.1.2.3', '64:ff9b::a01:203', 'fd00::1', '4000::1', '', 'host', '1.1.1', '::ffff:1.1.1.1%eth0'])('%s is not', (address) => {
    expect(isAllowedAddress(address, 'host', [])).toBe(false);
  });

  it('are exempted for exactly one host and within exactly one range', () => {
    const exemptions = [{ host: 'peer.test', range: '10.1.0.0/16' }, { host: '[::1]', range: '::1/128' }];
    expect(isAllowedAddress('10.1.2.3', 'peer.test', exemptions)).toBe(true);
    expect(isAllowedAddress('::ffff:10.1.2.3', 'peer.test', exemptions)).toBe(true);
    expect(isAllowedAddress('::1', '[::1]', exemptions)).toBe(true);
    expect(isAllowedAddress('10.2.2.3', 'peer.test', exemptions)).toBe(false);
    expect(isAllowedAddress('10.1.2.3', 'other.test', exemptions)).toBe(false);
    expect(isAllowedAddress('10.1.2.3', 'sub.peer.test', exemptions)).toBe(false);
    expect(isAllowedAddress('::1', 'peer.test', exemptions)).toBe(false);
    expect(isAllowedAddress('127.0.0.1', '[::1]', exemptions)).toBe(false);
  });

  it('come in ranges', () => {
    for (const range of ['10.0.0.0/8', '127.0.0.1/32', '::1/128', 'fd00::/8']) expect(isRange(range)).toBe(true);
    for (const range of ['10.0.0.0', '10.0.0.0/33', 'localhost/8', '', '/8', '::ffff:10.0.0.0/104', '10.0.0/8x']) expect(isRange(range)).toBe(false);
  });
});

/** Addresses that nobody may be led to, as texts for the host of a URL, each in many spellings. */

const IPV4: readonly string[] = [
  '127.0.0.1', '127.0.0.2', '127.255.255.254', '0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1',
  '169.254.169.254', '169.254.0.1', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.88.99.1',
];

const IPV6: readonly string[] = [
  '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::0001]', '[fe80::1]', '[febf::1]', '[fc00::1]', '[fd12:3456:789a::1]', '[fec0::1]',
  '[ff02::1]', '[2001:db8::1]', '[3fff::1]', '[100::1]', '[2001::1]', '[2001:2::1]', '[2001:10::1]', '[5f00::1]', '[4000::1]', '[::2]', '[::ffff:0:7f00:1]',
];

const NAMES: readonly string[] = ['localhost', 'LOCALHOST', 'LocalHost', 'localhost.', 'ip6-localhost', 'ip6-loopback', 'l%6fcalhost', '%6c%6f%63%61%6c%68%6f%73%74', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'ｌｏｃａｌｈｏｓｔ', 'localhost.localdomain', 'a.localhost'];

const ODD: readonly string[] = [
  '127.1', '127.0.1', '0', '0x0', '00', '0x7f.1', '0x7f.0.1', '0177.1', '017700000001', '0x7f000001', '2130706433', '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', '１２７.０.０.１', '①②⑦.⓪.⓪.①', '127.0.0.1.', '127.1.',
  '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '00000177.0.0.1', '127.0.0.0x1', '0x7F.0X0.0x0.01', '0x7f.0x1', '3232235521', '0xa9fea9fe', '0251.0376.0251.0376', '2852039166', '127.0.0.1\t', '12\n7.0.0.1', 'user@127.0.0.1', '1.1.1.1@127.0.0.1', 'x:y@localhost', '127.0.0.1\\@1.1.1.1',
];

/** @returns at least 200 texts, no two alike */
export function privateSpellings(): readonly string[] {
  const all = [...NAMES, ...ODD, ...IPV6, ...IPV4.flatMap(spellingsOf)];
  return [...new Set(all)];
}

function spellingsOf(address: string): string[] {
  const bytes = address.split('.').map(Number);
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const words = [`${hex[0]}${hex[1]}`, `${hex[2]}${hex[3]}`];
  return [
    address,
    String(number),
    `0x${number.toString(16)}`,
    bytes.map((byte) => `0x${byte.toString(16)}`).join('.'),
    bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    `${bytes[0]}.${(bytes[1] ?? 0) * 65536 + (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0)}`,
    `[::ffff:${address}]`,
    `[::FFFF:${words.join(':')}]`,
    `[0:0:0:0:0:ffff:${words.join(':')}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${words.join(':')}]`,
    `[2002:${words.join(':')}::1]`,
  ];
}

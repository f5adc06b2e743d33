/** Addresses that lie inside, or on the machine itself. */
const INSIDE = ['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '255.255.255.255', '224.0.0.1', '198.18.0.1', '192.0.2.1'];
const INSIDE_6 = ['::1', '::', '0:0:0:0:0:0:0:1', 'fe80::1', 'fe80::1%25lo', 'fc00::1', 'fd00::1', 'ff02::1', '100::1', '2001:db8::1', '::127.0.0.1', '2002:7f00:1::', '2002:7f00:0001::1', '2001:0:7f00:1::', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '::ffff:0:127.0.0.1'];
const NAMES = ['localhost', 'LOCALHOST', 'localhost.', 'ip6-localhost', 'localhost.localdomain', 'foo.localhost', '127.0.0.1.', 'ⓛocalhost', 'l%6fcalhost', 'local\u00adhost', 'metadata.google.internal'];

/** Ways to write one address of IPv4. */
function formsOf(address) {
  const parts = address.split('.').map(Number);
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  const hex = (part, width = 2) => part.toString(16).padStart(width, '0');
  return [
    address, String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`, parts.map((part) => `0x${hex(part)}`).join('.'), parts.map((part) => `0${part.toString(8)}`).join('.'),
    parts.map((part) => `000${part.toString(8)}`).join('.'), `${parts[0]}.${number % 2 ** 24}`, `${parts[0]}.${parts[1]}.${number % 2 ** 16}`, address.replaceAll('.', '。'), address.replaceAll('.', '%2e'),
    [...address].map((c) => (/\d/.test(c) ? String.fromCodePoint(0xff10 + Number(c)) : c)).join(''), [...address].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''), `${address}.`,
    `[::ffff:${address}]`, `[::ffff:${hex(parts[0])}${hex(parts[1])}:${hex(parts[2])}${hex(parts[3])}]`, `[0:0:0:0:0:ffff:${address}]`, `[64:ff9b::${address}]`, `[::${address}]`,
    `[2002:${hex(parts[0])}${hex(parts[1])}:${hex(parts[2])}${hex(parts[3])}::1]`,
  ];
}

/**
 * @param {number} port where the trap listens
 * @param {string} listed a host that may be called
 * @returns {string[]} addresses of cells that must not be reached
 */
export function spellings(port, listed) {
  const hosts = [...INSIDE.flatMap(formsOf), ...INSIDE_6.map((address) => `[${address}]`), ...NAMES];
  const tricks = [
    `https://${listed}@127.0.0.1:${port}/x/`, `https://127.0.0.1:${port}#@${listed}/x/`, `https://127.0.0.1:${port}\\@${listed}/x/`, `https://${listed}\\@127.0.0.1:${port}/x/`, `https:127.0.0.1:${port}/x/`,
    `https:///127.0.0.1:${port}/x/`, `https:/\\127.0.0.1:${port}/x/`, `//127.0.0.1:${port}/x/`, `https://127.0.0.1:${port}/x/?${listed}`, `https://127.0.0.1:${port}\t/x/`, `https://127.0.0.1 :${port}/x/`,
    `https://user:pass@127.0.0.1:${port}/x/`, `file:///etc/passwd`, `gopher://127.0.0.1:${port}/x`, `ftp://127.0.0.1:${port}/x/`, `unix:/tmp/x`, `data:text/plain,x`, `javascript:1`, `ws://127.0.0.1:${port}/x/`, `https://${listed}.127.0.0.1.nip.io:${port}/x/`,
    `personium-localunit:/../../x/`, `personium-localunit://127.0.0.1:${port}/x/`, `https://[::1]:${port}@${listed}/x/`, `https://${listed}:${port}:443/x/`, `https://127.0.0.1:${port}%2f@${listed}/x/`,
  ];
  return [...hosts.flatMap((host) => [`https://${host}:${port}/x/`]), ...hosts.slice(0, 40).map((host) => `http://${host}:${port}/x/`), ...tricks];
}

export const INSIDE_ADDRESSES = [...INSIDE, ...INSIDE_6.filter((address) => !address.includes('%'))];

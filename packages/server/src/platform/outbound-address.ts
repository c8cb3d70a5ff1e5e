import { BlockList, isIP, isIPv4 } from 'node:net';

/** What kind of place an IP address is, as far as requests on behalf of users care. */
export type AddressKind =
  /** Loopback, link-local, metadata, unspecified, multicast, reserved: never for users. */
  | 'forbidden'
  /** Ranges of one's own network. */
  | 'private'
  | 'public';

const forbidden = blockListOf([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  // Metadata services outside of the link-local range: Alibaba, Azure, and Oracle within 192.0.0.0/24.
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
  // Metadata services of AWS and Google.
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  // Discard, Teredo and local-use NAT64: whom they reach cannot be told from the address.
  '100::/64',
  '2001::/32',
  '64:ff9b:1::/48',
]);

const ownNetworks = blockListOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  'fc00::/7',
  'fec0::/10',
]);

/** A list of addresses and networks in CIDR form; what is neither is left out. */
export function blockListOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const version = isIP(address);
    if (version === 0) continue;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else if (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
      list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether a list holds the address, or the IPv4 address inside of it. */
export function isListed(list: BlockList, address: string): boolean {
  return candidates(address).some((one) => list.check(one, isIPv4(one) ? 'ipv4' : 'ipv6'));
}

/** The kind of an address; an IPv6 address that carries an IPv4 address is judged by both. */
export function kindOfAddress(address: string): AddressKind {
  if (isIP(address) === 0) return 'forbidden';
  if (isListed(forbidden, address)) return 'forbidden';
  return isListed(ownNetworks, address) ? 'private' : 'public';
}

/** The address itself, without its zone, and the IPv4 address that it may carry. */
function candidates(address: string): readonly string[] {
  const [plain = ''] = address.split('%');
  if (isIP(plain) !== 6) return [plain];
  const carried = carriedIpv4(ipv6Words(plain));
  return carried === undefined ? [plain] : [plain, carried];
}

/** IPv4 in IPv6: mapped, translated, compatible, NAT64, 6to4 and ISATAP forms (RFC 4291, 6052, 6145, 3056, 5214). */
function carriedIpv4(words: readonly number[]): string | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
  if (a === 0x2002) return dotted(b, c);
  if (a === 0x64 && b === 0xff9b && (c | d | e | f) === 0) return dotted(g, h);
  if ((e === 0 || e === 0x200) && f === 0x5efe) return dotted(g, h);
  if ((a | b | c | d) !== 0) return undefined;
  const isEmbedded = (e === 0 && (f === 0 || f === 0xffff)) || (e === 0xffff && f === 0);
  return isEmbedded ? dotted(g, h) : undefined;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight words of a valid IPv6 address. */
function ipv6Words(address: string): readonly number[] {
  // The URL parser writes the shortest form without dotted decimals.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const front = parse(head);
  if (tail === undefined) return front;
  const back = parse(tail);
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

import { isIP, isIPv4, isIPv6 } from 'node:net';

/** What the first bytes of a connection say (PROXY protocol, versions 1 and 2). */
export type ProxyHeader =
  /** More bytes are needed. */
  | { readonly kind: 'incomplete' }
  /** They are something else. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid' }
  /** `address` is undefined when the proxy speaks for itself, as in its health checks. */
  | { readonly kind: 'header'; readonly lengthBytes: number; readonly address: string | undefined };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const textSignature = Buffer.from('PROXY ', 'latin1');
/** Of version 1, with the line's end (specification section 2.1). */
const longestLineBytes = 107;
const headBytes = 16;
/** Addresses take up to 216 bytes; the rest is for extensions that some clouds add. */
const longestBodyBytes = 2048;

/** Most bytes that are looked at before a header is refused. */
export const longestProxyHeaderBytes = headBytes + longestBodyBytes;

/** Parses the header at the beginning of `bytes`; its extensions and checksum are not looked at. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAlike(bytes, signature)) {
    return bytes.length < headBytes ? { kind: 'incomplete' } : parseBinary(bytes);
  }
  if (!startsAlike(bytes, textSignature)) return { kind: 'absent' };
  const end = bytes.subarray(0, longestLineBytes).indexOf('\r\n');
  if (end !== -1) return parseLine(bytes.toString('latin1', 0, end), end + 2);
  return { kind: bytes.length < longestLineBytes ? 'incomplete' : 'invalid' };
}

/** Whether all bytes that are there agree with it. */
function startsAlike(bytes: Buffer, expected: Buffer): boolean {
  const length = Math.min(bytes.length, expected.length);
  return length > 0 && bytes.compare(expected, 0, length, 0, length) === 0;
}

function parseLine(line: string, lengthBytes: number): ProxyHeader {
  const words = line.split(' ');
  if (words[1] === 'UNKNOWN') return { kind: 'header', lengthBytes, address: undefined };
  const [, family, source = '', destination = '', ...ports] = words;
  const isOfFamily = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false;
  const isRight = isOfFamily(source) && isOfFamily(destination) && ports.length === 2 && ports.every(isPort);
  return isRight ? { kind: 'header', lengthBytes, address: source } : { kind: 'invalid' };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65_535;
}

function parseBinary(bytes: Buffer): ProxyHeader {
  const versionAndCommand = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const bodyBytes = bytes.readUInt16BE(14);
  const isLocal = versionAndCommand === 0x20;
  if ((!isLocal && versionAndCommand !== 0x21) || bodyBytes > longestBodyBytes) return { kind: 'invalid' };
  const lengthBytes = headBytes + bodyBytes;
  if (bytes.length < lengthBytes) return { kind: 'incomplete' };
  if (isLocal) return { kind: 'header', lengthBytes, address: undefined };
  const body = bytes.subarray(headBytes, lengthBytes);
  if (family === 0x11)
    return ofAddress(body.length < 12 ? '' : [...body.subarray(0, 4)].join('.'), lengthBytes);
  if (family === 0x21) return ofAddress(body.length < 36 ? '' : ipv6Text(body), lengthBytes);
  // Of other kinds of connection, such as local sockets, there is no address to tell.
  return { kind: 'header', lengthBytes, address: undefined };
}

function ofAddress(address: string, lengthBytes: number): ProxyHeader {
  return isIP(address) === 0 ? { kind: 'invalid' } : { kind: 'header', lengthBytes, address };
}

function ipv6Text(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  // The URL parser gives the short form of RFC 5952.
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
}

import { isIPv4 } from 'node:net';

/** Whether an address is one of this very machine. */
export function isLoopbackAddress(address: string | null): boolean {
  const plain = address?.replace(/^::ffff:/i, '') ?? '';
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/** Whether a host, with or without port, names this very machine, whatever resolvers say. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:[0-9]{1,5}$/, '').toLowerCase();
  return name === 'localhost' || isLoopbackAddress(name.replace(/^\[(.*)\]$/, '$1'));
}

import type { Socket } from 'node:net';
import { longestProxyHeaderBytes, parseProxyHeader } from '#/http/proxy-header.ts';

/** A proxy sends its header at once. */
const headerTimeoutMs = 5_000;

/** Addresses that proxies gave for connections whose TLS handshake is under way, by the connection's ends. */
const peers = new Map<string, string>();

export interface ProxiedOptions {
  /** Connections without a header are refused instead of passed on as they are. */
  readonly required: boolean;
  /** Whether this peer may say for whom it speaks; others are refused if they try. */
  readonly isTrusted: (address: string | undefined) => boolean;
}

/**
 * Reads the PROXY header of a new connection and hands the connection on, with the address of its client; on plain connections that is the
 * socket's `remoteAddress` from then on, for TLS see `takePeer`. Whatever is wrong, late or not allowed ends the connection.
 */
export function readProxiedPeer(
  socket: Socket,
  options: ProxiedOptions,
  next: (socket: Socket) => void,
): void {
  let bytes = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), headerTimeoutMs);
  const end = (): void => {
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('end', refuse);
    socket.off('close', end);
    socket.off('error', refuse);
  };
  const refuse = (): void => {
    end();
    socket.on('error', () => {});
    socket.destroy();
  };
  const pass = (address: string | undefined, rest: Buffer): void => {
    end();
    if (address !== undefined) notePeer(socket, address);
    if (rest.length > 0) socket.unshift(rest);
    next(socket);
  };
  const onReadable = (): void => {
    const piece: Buffer | null = socket.read();
    if (piece === null) return;
    bytes = Buffer.concat([bytes, piece]);
    const header = parseProxyHeader(bytes);
    if (header.kind === 'incomplete') {
      if (bytes.length > longestProxyHeaderBytes) refuse();
    } else if (header.kind === 'header') {
      if (options.isTrusted(socket.remoteAddress)) pass(header.address, bytes.subarray(header.lengthBytes));
      else refuse();
    } else if (header.kind === 'absent' && !options.required) pass(undefined, bytes);
    else refuse();
  };
  socket.on('readable', onReadable);
  socket.on('end', refuse);
  socket.on('close', end);
  socket.on('error', refuse);
}

function notePeer(socket: Socket, address: string): void {
  const ends = endsOf(socket);
  peers.set(ends, address);
  socket.once('close', () => peers.delete(ends));
  Object.defineProperty(socket, 'remoteAddress', { value: address });
}

/** The address that a proxy gave for the connection below this TLS socket; undefined when there was none. */
export function takePeer(socket: Socket): string | undefined {
  return peers.get(endsOf(socket));
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

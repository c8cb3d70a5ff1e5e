import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Bytes on the way in one direction: more than any window that is measured here. */
const mostBytes = 64 * 1024 ** 2;

export interface DelayingRelay {
  readonly port: number;
  close(): void;
}

/** Passes connections on to a port of this machine, every byte late by `delayMs` in each direction, at any rate: a fast line to a far place. */
export async function startDelayingRelay(targetPort: number, delayMs: number): Promise<DelayingRelay> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    passOn(client, upstream, delayMs);
    passOn(upstream, client, delayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  let onTheWay = 0;
  from.on('data', (bytes: Buffer) => {
    onTheWay += bytes.length;
    if (onTheWay > mostBytes) from.pause();
    setTimeout(() => {
      onTheWay -= bytes.length;
      if (onTheWay <= mostBytes) from.resume();
      if (to.writable) to.write(bytes);
    }, delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
}

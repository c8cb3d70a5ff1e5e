import { once } from 'node:events';
import { connect } from 'node:net';

const pollMs = 2;
const limitMs = 20_000;

/** Asks until the server answers anything at all, and resolves with the time (`performance.now`) of that answer. */
export async function firstAnswer(url: string, isOver: () => boolean = () => false): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const deadline = performance.now() + limitMs;
  for (;;) {
    const socket = connect({ host: hostname, port: Number(port) });
    try {
      await once(socket, 'connect');
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
      await once(socket, 'data');
      return performance.now();
    } catch (error) {
      if (isOver() || performance.now() > deadline)
        throw new Error(`${url} does not answer`, { cause: error });
    } finally {
      socket.destroy();
    }
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}

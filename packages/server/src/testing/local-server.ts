import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface LocalRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export interface LocalAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

/** A double of some service on loopback, for the time of the test; 404 where `answer` gives nothing. */
export async function startLocalServer(
  t: Pick<TestContext, 'after'>,
  answer: (request: LocalRequest) => Promise<LocalAnswer | undefined> | LocalAnswer | undefined,
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const found = await answer({
      method: request.method ?? '',
      url: new URL(request.url ?? '', 'http://double'),
      headers: request.headers,
      form: new URLSearchParams(body),
    });
    const isText = typeof found?.body === 'string';
    response
      .writeHead(found === undefined ? 404 : (found.status ?? 200), {
        'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8',
        ...found?.headers,
      })
      .end(isText ? found.body : JSON.stringify(found?.body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  t.after(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

import { Agent, type ClientRequest, type IncomingHttpHeaders, request as openRequest } from 'node:http';
import { request as openTlsRequest, Agent as TlsAgent } from 'node:https';

export interface HttpCall {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes go with their length, pieces in chunked encoding. */
  readonly body?: Buffer | AsyncIterable<Buffer>;
  readonly agent?: Agent;
  /** Milliseconds of silence after which the call fails. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Connections that are reused, as those of real clients. */
export function keepAliveAgent(url = 'http:'): Agent {
  const options = { keepAlive: true, maxSockets: 16 };
  return url.startsWith('https:') ? new TlsAgent(options) : new Agent(options);
}

/** One request without any help of a client library: no retry, no redirect. Rejects when the connection fails before the end of the answer. */
export async function callHttp(url: string, call: HttpCall): Promise<HttpAnswer> {
  const { body } = call;
  const length = body === undefined ? { 'content-length': '0' } : lengthOf(body);
  const open = url.startsWith('https:') ? openTlsRequest : openRequest;
  const request = open(url, {
    method: call.method,
    headers: { ...(call.method === 'GET' || call.method === 'HEAD' ? {} : length), ...call.headers },
    agent: call.agent ?? false,
    timeout: call.timeoutMs ?? 30_000,
  });
  request.on('timeout', () => request.destroy(new Error(`${call.method} ${url}: no byte in time`)));
  const answered = receive(request);
  if (body === undefined || Buffer.isBuffer(body)) request.end(body);
  else await Promise.race([send(request, body), answered.catch(() => undefined)]);
  return await answered;
}

function lengthOf(body: Buffer | AsyncIterable<Buffer>): Record<string, string> {
  return Buffer.isBuffer(body)
    ? { 'content-length': String(body.length) }
    : { 'transfer-encoding': 'chunked' };
}

function receive(request: ClientRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('the answer broke off')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
      });
    });
  });
}

/** Sends pieces as they come, waiting where the connection is full. */
async function send(request: ClientRequest, pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of pieces) {
    if (request.destroyed) return;
    await new Promise<void>((resolve) => request.write(piece, () => resolve()));
  }
  request.end();
}

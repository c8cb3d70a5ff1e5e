import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Credentials } from './client-registry.ts';
import { fetchRegistryToken, type ServerProcess } from './server-process.ts';

const answerTimeoutMs = 20_000;

/** A request as one client sends it: nothing is added to the headers but Host. */
export interface RawRequest {
  readonly method: string;
  /** Path with its query, or an absolute URL as `Location` gives it. */
  readonly target: string;
  /** In this order; a list becomes lines of their own. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Buffer | string;
  /** Sends the body without a length, as a client that does not know it. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Code of the first error in the body; empty without one. */
  readonly code: string;
}

/** Sends one request and reads the whole answer. */
export async function sendRaw(server: Pick<ServerProcess, 'url'>, raw: RawRequest): Promise<RawAnswer> {
  const target = new URL(raw.target, server.url);
  const body = raw.body === undefined ? undefined : Buffer.from(raw.body);
  const outgoing = request({
    hostname: target.hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    method: raw.method,
    path: `${target.pathname}${target.search}`,
    agent: false,
    timeout: answerTimeoutMs,
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${raw.method} ${raw.target}`)));
  for (const [name, value] of Object.entries(raw.headers ?? {})) outgoing.setHeader(name, value as string);
  if (raw.chunked === true) outgoing.setHeader('transfer-encoding', 'chunked');
  else if (body !== undefined) outgoing.setHeader('content-length', body.length);
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  if (body === undefined) outgoing.end();
  // A refusal may come, and the connection end, before the body is through: the answer counts.
  else pipeline(Readable.from(pieces(body)), outgoing).catch(() => {});
  const [incoming] = await answered;
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const text = bytes.toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: bytes,
    text,
    code: firstCode(text),
  };
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += 64 * 1024) yield body.subarray(start, start + 64 * 1024);
}

function firstCode(text: string): string {
  return /"code":"([^"]*)"/.exec(text)?.[1] ?? '';
}

/** Sends requests with a token for the scopes, which is fetched once. */
export async function openRawSession(
  server: Pick<ServerProcess, 'url' | 'host'>,
  credentials: Credentials | undefined,
  ...scopes: readonly string[]
): Promise<
  (method: string, target: string, more?: Omit<RawRequest, 'method' | 'target'>) => Promise<RawAnswer>
> {
  const token = await fetchRegistryToken(server, credentials, ...scopes);
  return (method, target, more = {}) =>
    sendRaw(server, {
      ...more,
      method,
      target,
      headers: { ...more.headers, authorization: `Bearer ${token}` },
    });
}

/** `Location` of an answer, with the digest added as clients do. */
export function withDigest(location: string | undefined, digest: string): string {
  const target = new URL(location ?? '', 'http://none');
  target.searchParams.set('digest', digest);
  return location?.startsWith('http') ? target.href : `${target.pathname}${target.search}`;
}

import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { OutboundFailedError } from './outbound-errors.ts';
import type { ResolvedAddress } from './outbound-target.ts';

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One request to one place. */
export interface OutboundExchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** The only addresses that may be connected to; undefined leaves the name to the system. */
  readonly addresses: readonly ResolvedAddress[] | undefined;
  readonly signal: AbortSignal;
  readonly maximumResponseBytes: number;
  readonly cutLongResponse: boolean;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  readonly acceptAnyCertificate: boolean;
  readonly proxyEnvironment: Readonly<Record<string, string | undefined>> | undefined;
}

/** Sends one request over a connection of its own and reads the answer; follows nothing. Throws OutboundFailedError. */
export async function exchange(options: OutboundExchange): Promise<OutboundResponse> {
  const agent = createAgent(options);
  try {
    return await send(options, agent);
  } catch (cause) {
    if (cause instanceof OutboundFailedError) throw cause;
    const { host } = options.url;
    if (options.signal.aborted) throw new OutboundFailedError(`${host} did not answer in time`, { cause });
    throw new OutboundFailedError(`${host} could not be reached`, { cause });
  } finally {
    agent.destroy();
  }
}

/** An agent of one exchange: a pooled connection could lead to an address that was checked for somebody else. */
function createAgent(options: OutboundExchange): HttpAgent {
  const { url, addresses, certificate, proxyEnvironment } = options;
  const shared = {
    keepAlive: false,
    ...(addresses === undefined ? {} : { lookup: pinnedLookup(addresses) }),
    ...(proxyEnvironment === undefined ? {} : { proxyEnv: { ...proxyEnvironment } }),
  };
  if (url.protocol !== 'https:') return new HttpAgent(shared);
  return new HttpsAgent({
    ...shared,
    ...certificate,
    ...(options.acceptAnyCertificate ? { rejectUnauthorized: false } : {}),
  });
}

/** Answers every name with the addresses that were checked. */
function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
    const [first] = wanted;
    if (options.all === true) callback(null, [...wanted]);
    else if (first === undefined) callback(new Error('no address of that family'), '', 0);
    else callback(null, first.address, first.family);
  };
}

function send(options: OutboundExchange, agent: HttpAgent): Promise<OutboundResponse> {
  const { url, method, body, signal } = options;
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const headers = {
    'user-agent': 'Wharf',
    ...options.headers,
    ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
  };
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request: ClientRequest = start(url, { agent, method, headers, signal });
    request.on('error', reject);
    request.on('response', (response) => {
      readBody(response, options).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body: read }),
        reject,
      );
    });
    request.end(bytes);
  });
}

async function readBody(response: IncomingMessage, options: OutboundExchange): Promise<Buffer> {
  const { maximumResponseBytes, cutLongResponse, url } = options;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > maximumResponseBytes) {
      if (!cutLongResponse)
        throw new OutboundFailedError(`${url.host} answered with more than ${maximumResponseBytes} bytes`);
      chunks.push(bytes.subarray(0, bytes.length - (sizeBytes - maximumResponseBytes)));
      break;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

import { OutboundFailedError, OutboundRefusedError } from './outbound-errors.ts';
import { exchange, type OutboundExchange, type OutboundResponse } from './outbound-exchange.ts';
import { checkedAddresses, checkTargetForm, type TargetRules } from './outbound-target.ts';

export { OutboundFailedError, OutboundRefusedError, type OutboundResponse };

export interface OutboundRequest {
  /** `http` or `https`; user and password in it become basic authentication. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Of the whole: name, connection, redirects and body. */
  readonly timeoutMs: number;
  /** `user`: the URL came from a user, and its addresses are checked. `configuration`: the operator wrote it. */
  readonly trust: 'user' | 'configuration';
  readonly maximumResponseBytes: number;
  /** Beyond the maximum the response is cut instead of refused, for callers that want the status only. */
  readonly cutLongResponse?: boolean;
  /** Offer the certificate of this registry to servers that ask for one. */
  readonly offerCertificate?: boolean;
  /** Take any certificate, for a configured server that is being set up; never for addresses of users. */
  readonly acceptAnyCertificate?: boolean;
  /** False: a redirect is an answer like any other. */
  readonly followRedirects?: boolean;
}

/** The one way out for HTTP. */
export interface OutboundHttp {
  /** Any status is an answer. Throws OutboundRefusedError for places that may not be reached, else OutboundFailedError. */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** Throws OutboundRefusedError for a URL from a user whose form or literal host is refused; resolves no name. */
  checkUrl(url: string): void;
}

export interface OutboundSettings extends TargetRules {
  /** Client certificate, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`: used for configured addresses only, since a proxy resolves names by itself. */
  readonly proxyEnvironment?: Readonly<Record<string, string | undefined>>;
}

const mostRedirects = 5;
const bodyHeaders = new Set(['content-type', 'content-length', 'content-encoding']);
const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Every address is checked before it is used, the connection goes to the checked one, and so for each redirect. */
export function createOutboundHttp(settings: OutboundSettings): OutboundHttp {
  return {
    checkUrl(url) {
      checkTargetForm(parseUrl(url), settings);
    },
    async request(request) {
      const signal = AbortSignal.timeout(request.timeoutMs);
      let next: Step = firstStep(request);
      for (let redirects = 0; ; redirects += 1) {
        const response = await take(next, request, settings, signal);
        const location = redirectOf(response);
        if (location === undefined || request.followRedirects === false) return response;
        if (redirects === mostRedirects) throw new OutboundFailedError('the server redirects too often');
        next = redirect(next, response.status, location);
      }
    },
  };
}

interface Step {
  readonly url: URL;
  readonly method: OutboundRequest['method'];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly trust: OutboundRequest['trust'];
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new OutboundRefusedError('the URL must start with http:// or https://');
  return parsed;
}

function firstStep({ url: text, method, headers = {}, body, trust }: OutboundRequest): Step {
  const url = parseUrl(text);
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const authorization = basicAuthentication(url);
  return {
    url: withoutCredentials(url),
    method,
    headers: { ...(authorization === undefined ? {} : { authorization }), ...lower },
    body,
    trust,
  };
}

async function take(
  step: Step,
  request: OutboundRequest,
  settings: OutboundSettings,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  const addresses = step.trust === 'user' ? await checkedAddresses(step.url, settings, signal) : undefined;
  const exchangeRequest: OutboundExchange = {
    ...step,
    addresses,
    signal,
    maximumResponseBytes: request.maximumResponseBytes,
    cutLongResponse: request.cutLongResponse ?? false,
    certificate: request.offerCertificate === true ? settings.certificate : undefined,
    acceptAnyCertificate: request.acceptAnyCertificate === true && step.trust === 'configuration',
    proxyEnvironment: step.trust === 'configuration' ? settings.proxyEnvironment : undefined,
  };
  return await exchange(exchangeRequest);
}

function redirectOf({ status, headers }: OutboundResponse): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined;
}

/** 307 and 308 repeat the request; the others ask with GET. Another origin gets no credentials and is judged like a user's URL. */
function redirect(from: Step, status: number, location: string): Step {
  if (!URL.canParse(location, from.url.href)) throw new OutboundFailedError('the server redirects to no URL');
  const url = parseUrl(withoutCredentials(new URL(location, from.url)).href);
  const isSameOrigin = url.origin === from.url.origin;
  const repeats = status === 307 || status === 308 || from.method === 'GET' || from.method === 'HEAD';
  const kept = Object.entries(from.headers).filter(
    ([name]) =>
      (isSameOrigin || !credentialHeaders.has(name)) &&
      name !== 'host' &&
      (repeats || !bodyHeaders.has(name)),
  );
  return {
    url,
    method: repeats ? from.method : 'GET',
    headers: Object.fromEntries(kept),
    body: repeats ? from.body : undefined,
    trust: isSameOrigin ? from.trust : 'user',
  };
}

function basicAuthentication({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const plain = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

function withoutCredentials(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}

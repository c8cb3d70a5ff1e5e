import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { OutboundRequest } from '#/platform/outbound-http.ts';

/** How an external service is reached. */
export interface ProviderAccess {
  /** `DEBUGGING`: whatever certificate it shows, and without TLS too. */
  readonly insecure: boolean;
  /** Of one call; 10,000 unless given. */
  readonly timeoutMs?: number;
}

const callTimeoutMs = 10_000;
const longestAnswerBytes = 1024 ** 2;

/** One request to a service of the configuration; a redirect is an answer. Throws what the outbound client throws. */
export async function callProvider(
  { outbound }: Pick<Services, 'outbound'>,
  access: ProviderAccess,
  request: Pick<OutboundRequest, 'url' | 'method' | 'headers' | 'body'>,
) {
  if (outbound === undefined) throw new Error('outbound HTTP is not set up');
  return await outbound.request({
    ...request,
    timeoutMs: access.timeoutMs ?? callTimeoutMs,
    trust: 'configuration',
    maximumResponseBytes: longestAnswerBytes,
    acceptAnyCertificate: access.insecure,
    followRedirects: false,
  });
}

/** The JSON that a GET answers with 200. Throws Error with a reason that is safe to show. */
export async function getProviderJson(
  services: Pick<Services, 'outbound'>,
  access: ProviderAccess,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { status, body } = await callProvider(services, access, {
    url,
    method: 'GET',
    headers: { accept: 'application/json', ...headers },
  });
  if (status !== 200) throw new Error(`${new URL(url).host} answered with status ${status}`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Error(`${new URL(url).host} did not answer with JSON`, { cause });
  }
}

/** The outbound client as the `fetch` of a library. */
export function providerFetch(services: Pick<Services, 'outbound'>, access: ProviderAccess) {
  return async (
    url: string,
    options: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: unknown;
    },
  ): Promise<Response> => {
    const answer = await callProvider(services, access, {
      url,
      method: options.method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(options.headers)),
      ...(options.body === undefined || options.body === null ? {} : { body: String(options.body) }),
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

/** A service that did not do its part; `cause` is logged only. */
export function providerFailed(title: string, cause: unknown): DomainError {
  return new DomainError('external_service_failed', `${title} could not be asked. Try again later.`, {
    cause,
  });
}

import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { OutboundRefusedError } from '#/platform/outbound-http.ts';

/** Receivers say with their status whether they took it; more than this of the body is not read. */
const responseLimitBytes = 64 * 1024;
/** A delivery is held for a minute. */
const longestSeconds = 50;
const defaultSeconds = 10;

/** Longest sending of one notification, in milliseconds. */
function sendTimeoutMs({ settings }: Pick<Services, 'settings'>): number {
  return Math.min(settings.notifications?.sendTimeoutSeconds ?? defaultSeconds, longestSeconds) * 1000;
}

/** Posts JSON to a URL of a user; throws unless the answer is 2xx. */
export async function postJson(
  services: Services,
  request: {
    readonly url: string;
    readonly body: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly offerCertificate?: boolean;
  },
): Promise<void> {
  if (services.outbound === undefined) throw new Error('this process sends no HTTP');
  const { status } = await services.outbound.request({
    url: request.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: request.body,
    timeoutMs: sendTimeoutMs(services),
    trust: 'user',
    maximumResponseBytes: responseLimitBytes,
    cutLongResponse: true,
    offerCertificate: request.offerCertificate ?? false,
  });
  if (status < 200 || status > 299) throw new Error(`the receiver answered ${status}`);
}

/** Throws DomainError `invalid_request` for a URL that could not be posted to, as far as its text tells. */
export function checkUserUrl({ outbound }: Services, url: string): void {
  try {
    outbound?.checkUrl(url);
  } catch (error) {
    if (!(error instanceof OutboundRefusedError)) throw error;
    throw new DomainError('invalid_request', `The URL is refused: ${error.message}.`, { cause: error });
  }
}

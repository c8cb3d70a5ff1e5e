import type { IncomingMessage } from 'node:http';
import { type ForwardingSettings, originOf, type RequestOrigin } from '#/http/forwarding.ts';

const origins = new WeakMap<IncomingMessage, RequestOrigin>();
const unknown: RequestOrigin = { address: '', scheme: undefined, host: undefined };

/** Notes where a request comes from, while its connection stands: one that is gone has no address any more. */
export function noteOrigin(request: IncomingMessage, settings: ForwardingSettings): void {
  origins.set(request, originOf(request, settings));
}

/** What was noted of a request. */
export function notedOrigin(request: IncomingMessage): RequestOrigin {
  return origins.get(request) ?? unknown;
}

import type { IncomingMessage } from 'node:http';

/**
 * The pieces of a request's body. Ending the iteration early leaves the connection open, so that a refusal in the middle of a body (disk full,
 * out of order) still reaches the client.
 */
export function streamBody(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

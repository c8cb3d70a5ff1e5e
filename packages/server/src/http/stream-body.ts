import type { IncomingMessage } from 'node:http';
import { giveContinue } from '#/http/expect-continue.ts';

/**
 * The pieces of a request's body; a client that waits for the go-ahead gets it when the first piece is asked for. Ending the iteration early leaves the connection open, so that a refusal in the middle of a body (disk full,
 * out of order) still reaches the client.
 */
export function streamBody(request: IncomingMessage): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]() {
      giveContinue(request);
      return request.iterator({ destroyOnReturn: false });
    },
  };
}

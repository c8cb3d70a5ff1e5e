import type { IncomingMessage } from 'node:http';
import { isCutOff } from '#/http/connection.ts';
import { giveContinue } from '#/http/expect-continue.ts';

/**
 * The pieces of a request's body; a client that waits for the go-ahead gets it when the first piece is asked for. Ending the iteration early leaves the connection open, so that a refusal in the middle of a body (disk full,
 * out of order) still reaches the client. Throws when the client breaks the body off.
 */
export function streamBody(request: IncomingMessage): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]() {
      giveContinue(request);
      const pieces: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
      return {
        async next() {
          const result = await pieces.next();
          if (result.done === true && isCutOff(request)) throw new Error('aborted');
          return result;
        },
        return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

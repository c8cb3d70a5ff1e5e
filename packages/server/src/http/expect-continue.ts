import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * Lets handlers decide before a client that sent `Expect: 100-continue` sends its body: the go-ahead is given only when something
 * is about to read it.
 */
export function deferContinue(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    server.emit('request', request, response);
  });
}

/** Tells a waiting client to send its body; does nothing for others. */
export function giveContinue(request: IncomingMessage): void {
  waiting.get(request)?.writeContinue();
  waiting.delete(request);
}

/** Whether the client still holds its body back. */
export function waitsForContinue(request: IncomingMessage): boolean {
  return waiting.has(request);
}

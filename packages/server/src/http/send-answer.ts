import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Answer } from '#/http/answer.ts';
import { breakOff, endUnreadBody, isGone } from '#/http/connection.ts';
import { waitsForContinue } from '#/http/expect-continue.ts';

/** Bytes of an unread request body that are read and dropped so that the connection can be kept. */
const drainLimitBytes = 256 * 1024;
/**
 * How long a client that got its answer early may go on sending. Closing at once would reset the connection, and the client could lose
 * the answer.
 */
const lingerMs = 5_000;

/**
 * Writes an answer. A HEAD request gets the headers only. A request body that nobody read is dropped; beyond a limit the connection
 * closes after the answer, so that no client hangs while it sends (an early 401 to a chunked upload). Resolves with the error that
 * broke a body off although its client was still there.
 */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<unknown> {
  try {
    return isGone(response) ? undefined : await send(request, response, answer);
  } finally {
    await answer.dispose?.();
  }
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<unknown> {
  const headers: Record<string, OutgoingHttpHeader> = {};
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) headers[name] = typeof value === 'object' ? [...value] : value;
  }
  const rest = restOfBody(request);
  if (rest === 'long' || rest === 'held-back') headers.connection = 'close';
  const { body } = answer;
  if (typeof body === 'function') {
    if (rest !== 'held-back') request.resume();
    response.writeHead(answer.status, headers);
    if (request.method === 'HEAD') {
      response.end();
      return undefined;
    }
    try {
      await body(response);
      endUnreadBody(request, response);
      return undefined;
    } catch (error) {
      const clientLeft = isGone(response);
      // The status line is out: only a broken connection tells the client that the body is not whole.
      breakOff(response);
      return clientLeft ? undefined : error;
    }
  }
  if (body === undefined) {
    if (answer.status !== 204 && answer.status !== 304) headers['content-length'] ??= 0;
  } else {
    headers['content-length'] = Buffer.byteLength(body);
  }
  response.writeHead(answer.status, headers);
  const content = request.method === 'HEAD' ? undefined : body;
  if (rest === 'long') {
    if (content === undefined) response.flushHeaders();
    else response.write(content);
    endAfterBody(request, response);
    return undefined;
  }
  response.end(content);
  endUnreadBody(request, response);
  if (rest === 'short') request.resume();
  return undefined;
}

/** What of a request's body is still to come: nothing, little, much or of unknown length, or what waits for a go-ahead. */
function restOfBody(request: IncomingMessage): 'none' | 'short' | 'long' | 'held-back' {
  if (request.readableEnded || request.httpVersionMajor !== 1) return 'none';
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return 'none';
  if (waitsForContinue(request)) return 'held-back';
  return length === undefined || Number(length) > drainLimitBytes ? 'long' : 'short';
}

/** Drops what the client still sends, for a limited time, and then ends the answer and with it the connection. */
function endAfterBody(request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    clearTimeout(limit);
    response.end();
  };
  const limit = setTimeout(end, lingerMs);
  request.once('end', end);
  request.once('close', end);
  request.resume();
}

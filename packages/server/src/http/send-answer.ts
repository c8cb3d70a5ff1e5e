import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Answer } from '#/http/answer.ts';
import { waitsForContinue } from '#/http/expect-continue.ts';

/** Bytes of an unread request body that are read and dropped so that the connection can be kept. */
const drainLimitBytes = 256 * 1024;

/**
 * Writes an answer. A HEAD request gets the headers only. A request body that nobody read is drained up to a limit, else the
 * connection closes after the answer, so that no client hangs while it sends (an early 401 to a chunked upload).
 */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if (response.destroyed) return;
  const headers: Record<string, OutgoingHttpHeader> = {};
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) headers[name] = typeof value === 'object' ? [...value] : value;
  }
  if (!request.readableEnded && request.httpVersionMajor === 1) settleRequestBody(request, headers);
  const { body } = answer;
  if (typeof body === 'function') {
    response.writeHead(answer.status, headers);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    try {
      await body(response);
    } catch {
      // The status line is out: only a broken connection tells the client that the body is not whole.
      response.destroy();
    }
    return;
  }
  if (body === undefined) {
    if (answer.status !== 204 && answer.status !== 304) headers['content-length'] ??= 0;
  } else {
    headers['content-length'] = Buffer.byteLength(body);
  }
  response.writeHead(answer.status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function settleRequestBody(request: IncomingMessage, headers: Record<string, OutgoingHttpHeader>): void {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return;
  if (waitsForContinue(request) || length === undefined || Number(length) > drainLimitBytes) {
    headers.connection = 'close';
    let drainedBytes = 0;
    request.on('data', (chunk: Buffer) => {
      drainedBytes += chunk.length;
      if (drainedBytes > drainLimitBytes) request.pause();
    });
  } else {
    request.resume();
  }
}

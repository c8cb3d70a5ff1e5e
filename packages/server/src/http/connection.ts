import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';

/*
 * Requests of HTTP/2 reach the handlers in the shape of HTTP/1.1. Where the two differ, this file knows it: with HTTP/2 many requests share a
 * socket, which neither of them may touch.
 */

/** Whether the client spoke TLS with this very process. */
export function isEncrypted(request: IncomingMessage): boolean {
  return (request.socket as Partial<TLSSocket> | undefined)?.encrypted === true;
}

/** The stream of a request of HTTP/2; undefined for others. */
function streamOf(message: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined {
  const { stream } = message as unknown as Partial<Http2ServerResponse>;
  return stream;
}

/** Whether nothing can be written any more because the client left or the answer was broken off. */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed === true || streamOf(response)?.destroyed === true;
}

/** Ends an answer whose status line is out so that the client cannot take it for whole. */
export function breakOff(response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined) response.destroy();
  else if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/** Once the answer is through, tells the client of an HTTP/2 request to stop sending a body that nobody reads (RFC 9113 section 8.1). */
export function endUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined || request.readableEnded || stream.destroyed) return;
  const close = (): void => {
    if (stream.destroyed || request.readableEnded) return;
    stream.close(constants.NGHTTP2_NO_ERROR);
    // What came already keeps the stream from ending until somebody takes it.
    request.resume();
  };
  if (stream.writableFinished) close();
  else stream.once('finish', close);
}

/** Whether a body ended because its client gave up; with HTTP/2 that looks like its proper end. */
export function isCutOff(request: IncomingMessage): boolean {
  const stream = streamOf(request);
  return stream !== undefined && (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR);
}

/** What a server answered; `body` is empty unless the caller asked to keep it. */
export interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly bodyBytes: number;
  readonly body: Buffer;
}

/** How the answer that is awaited must be read. */
export interface Expected {
  readonly isHead: boolean;
  readonly keepBody: boolean;
}

export interface ResponseReader {
  /** Takes bytes that are only valid during the call; returns the response once its last byte was seen. */
  read(bytes: Buffer, expected: Expected): Response | undefined;
}

type Place = 'head' | 'fixed' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers';

const empty = Buffer.alloc(0);

/** A reader of HTTP/1.1 responses that counts body bytes without copying them. One response at a time, no pipelining. */
export function createResponseReader(): ResponseReader {
  let place: Place = 'head';
  let text = '';
  let status = 0;
  let headers = new Map<string, string>();
  let left = 0;
  let bodyBytes = 0;
  let kept: Buffer[] = [];

  function finish(): Response {
    const response = { status, headers, bodyBytes, body: kept.length === 0 ? empty : Buffer.concat(kept) };
    place = 'head';
    status = 0;
    headers = new Map();
    bodyBytes = 0;
    kept = [];
    return response;
  }

  /** The next line and the position after it; undefined, with its beginning remembered, when it is not complete yet. */
  function takeLine(bytes: Buffer, from: number): { line: string; next: number } | undefined {
    const end = bytes.indexOf(10, from);
    text += bytes.toString('latin1', from, end === -1 ? bytes.length : end);
    if (end === -1) return undefined;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    text = '';
    return { line, next: end + 1 };
  }

  /** Called at the empty line; true when a body follows. */
  function startsBody(expected: Expected): boolean {
    if (expected.isHead || status === 204 || status === 304) return false;
    if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') {
      place = 'chunk-size';
      return true;
    }
    const length = headers.get('content-length');
    if (length === undefined) throw new Error('the response has no length');
    left = Number(length);
    place = 'fixed';
    return left > 0;
  }

  function readHeadLine(line: string): void {
    if (status === 0) {
      status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? Number.NaN);
      if (Number.isNaN(status)) throw new Error('not an HTTP/1.1 response');
      return;
    }
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }

  return {
    read(bytes, expected) {
      let position = 0;
      while (position < bytes.length) {
        if (place === 'fixed' || place === 'chunk') {
          const taken = Math.min(left, bytes.length - position);
          if (expected.keepBody) kept.push(Buffer.from(bytes.subarray(position, position + taken)));
          position += taken;
          left -= taken;
          bodyBytes += taken;
          if (left > 0) continue;
          if (place === 'fixed') return finish();
          place = 'chunk-end';
          continue;
        }
        const taken = takeLine(bytes, position);
        if (taken === undefined) return undefined;
        position = taken.next;
        const { line } = taken;
        if (place === 'chunk-end') {
          place = 'chunk-size';
        } else if (place === 'chunk-size') {
          left = Number.parseInt(line, 16);
          place = left === 0 ? 'trailers' : 'chunk';
        } else if (place === 'trailers') {
          if (line === '') return finish();
        } else if (line !== '') {
          readHeadLine(line);
        } else if (status < 200) {
          status = 0;
          headers = new Map();
        } else if (!startsBody(expected)) {
          return finish();
        }
      }
      return undefined;
    },
  };
}

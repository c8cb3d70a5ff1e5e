import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from '@wharf/oci';
import { type Blob, openBlob, openBlobFile, readBlob } from '#/domain/blobs/index.ts';
import { type Answer, type AnswerHeaders, answer } from '#/http/answer.ts';
import { sendFile, write } from '#/http/send-file.ts';
import { blobHeaders } from '#/registry/blobs/blob-headers.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Sends one part of a blob to the response without ending it. */
type Sender = (response: ServerResponse, range: ByteRange) => Promise<void>;

/** The whole blob, or the ranges asked for: 200, or 206 with one part or `multipart/byteranges` (RFC 9110 section 14). */
export async function blobAnswer(
  services: RegistryServices,
  blob: Blob,
  ranges: readonly ByteRange[] | undefined,
): Promise<Answer> {
  const headers = blobHeaders(blob.digest);
  const small = await findSmallContent(services, blob);
  const { send, close } = small === undefined ? await openSender(services, blob) : bufferSender(small);
  const whole = { start: 0, end: blob.sizeBytes - 1 };
  if (ranges === undefined && small !== undefined) return answer({ status: 200, headers, body: small });
  if (ranges !== undefined && ranges.length > 1) {
    return multipartAnswer(blob, ranges, headers, send, close);
  }
  const range = ranges?.[0] ?? whole;
  const partial = ranges === undefined ? {} : { 'content-range': contentRange(range, blob.sizeBytes) };
  return answer({
    status: ranges === undefined ? 200 : 206,
    headers: { ...headers, ...partial, 'content-length': range.end - range.start + 1 },
    body: async (response) => {
      await send(response, range);
      response.end();
    },
    dispose: close,
  });
}

async function findSmallContent(services: RegistryServices, blob: Blob): Promise<Buffer | undefined> {
  if (blob.sizeBytes > services.contentCache.entryLimitBytes) return undefined;
  const cached = services.contentCache.get(blob.digest);
  if (cached !== undefined) return cached;
  const bytes = await readBlob(services.domain, blob);
  services.contentCache.set(blob.digest, bytes);
  return bytes;
}

interface OpenSender {
  readonly send: Sender;
  close(): Promise<void>;
}

function bufferSender(bytes: Buffer): OpenSender {
  return {
    send: (response, range) => write(response, bytes.subarray(range.start, range.end + 1)),
    close: async () => {},
  };
}

/** Local files by positional reads, opened before the status line goes out; other stores by their own streams. */
async function openSender(services: RegistryServices, blob: Blob): Promise<OpenSender> {
  const file = await openBlobFile(services.domain, blob);
  if (file !== undefined) {
    return {
      send: (response, range) => sendFile(response, file, range.start, range.end),
      close: () => file.close(),
    };
  }
  return {
    send: async (response, range) => {
      await pipeline(await openBlob(services.domain, blob, range), response, { end: false });
    },
    close: async () => {},
  };
}

function contentRange(range: ByteRange, sizeBytes: number): string {
  return `bytes ${range.start}-${range.end}/${sizeBytes}`;
}

function multipartAnswer(
  blob: Blob,
  ranges: readonly ByteRange[],
  headers: AnswerHeaders,
  send: Sender,
  close: () => Promise<void>,
): Answer {
  const boundary = randomUUID();
  const heads = ranges.map((range) =>
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: ${contentRange(range, blob.sizeBytes)}\r\n\r\n`,
    ),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const headBytes = heads.reduce((sum, head) => sum + head.length, 0);
  const partBytes = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return answer({
    status: 206,
    headers: {
      ...headers,
      'content-type': `multipart/byteranges; boundary=${boundary}`,
      'content-length': headBytes + partBytes + tail.length,
    },
    body: async (response) => {
      for (const [index, range] of ranges.entries()) {
        await write(response, heads[index] ?? tail);
        await send(response, range);
      }
      await write(response, tail);
      response.end();
    },
    dispose: close,
  });
}

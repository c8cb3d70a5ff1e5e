import type { IncomingMessage } from 'node:http';
import { DomainError } from '#/domain/errors.ts';
import { streamBody } from '#/http/stream-body.ts';

/**
 * The whole body, at most `limitBytes`. A declared length above the limit is refused before a byte is read; throws `too_large`, or
 * `invalid_request` when the client ends early.
 */
export async function readBody(raw: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const declared = Number(raw.headers['content-length'] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of streamBody(raw)) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('invalid_request', 'The request body ended early.', { cause: error });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, sizeBytes);
}

function tooLarge(limitBytes: number): DomainError {
  return new DomainError('too_large', `The body is larger than the limit of ${limitBytes} bytes.`, {
    detail: { max_allowed: limitBytes },
  });
}

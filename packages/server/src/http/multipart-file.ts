import { DomainError } from '#/domain/errors.ts';
import type { RequestContext } from '#/http/route.ts';

/** The bytes of the file in a field of a multipart form that was read whole. Throws DomainError `invalid_request` when there is none. */
export async function multipartFile(request: RequestContext, body: Buffer, field: string): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) throw missing(field);
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new DomainError('invalid_request', 'The form cannot be read: it is not multipart/form-data.', {
        cause,
      });
    });
  const file = form.get(field);
  if (file === null || typeof file === 'string') throw missing(field);
  return Buffer.from(await file.arrayBuffer());
}

function missing(field: string): DomainError {
  return new DomainError(
    'invalid_request',
    `Send the file in the field "${field}" of a form (multipart/form-data).`,
  );
}

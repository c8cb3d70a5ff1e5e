import { findContentType } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { RequestContext } from '#/http/route.ts';

/** Values of a query or a form by name. */
export type FormFields = ReadonlyMap<string, string>;

const formType = 'application/x-www-form-urlencoded';

/** The query of a request. Throws DomainError `invalid_request` for a name that comes twice (RFC 6749 section 3.1). */
export function queryFields(request: RequestContext): FormFields {
  const question = request.url.indexOf('?');
  return parseFields(question === -1 ? '' : request.url.slice(question + 1));
}

/** A form as browsers send it; no body is an empty form. Throws DomainError `invalid_request` for another type and repeated names. */
export function formFields(request: RequestContext, body: Buffer): FormFields {
  if (body.length === 0) return new Map();
  if (findContentType(request.headers['content-type']) !== formType) {
    throw new DomainError('invalid_request', `Send the fields as a form, with Content-Type: ${formType}.`);
  }
  return parseFields(body.toString('utf8'));
}

/** The form, and of the query what the form does not hold. */
export function allFields(request: RequestContext, body: Buffer): FormFields {
  return new Map([...queryFields(request), ...formFields(request, body)]);
}

function parseFields(text: string): FormFields {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw new DomainError('invalid_request', 'A parameter was sent more than once.');
    // PostgreSQL takes no NUL in a text.
    if (value.includes('\0')) throw new DomainError('invalid_request', 'A parameter holds a NUL character.');
    fields.set(name, value);
  }
  return fields;
}

import { DomainError } from '#/domain/errors.ts';
import type { FormFields } from '#/http/form-fields.ts';

/** What an application asks for, in its own words: nothing of it was checked yet. */
export interface AskedAuthorization {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly responseType: string;
  readonly state: string | undefined;
  readonly assignmentUuid: string | undefined;
  /** RFC 7636 section 4.3. */
  readonly challenge: string | undefined;
  readonly challengeMethod: string | undefined;
}

const longestValue = 4096;

/** Throws DomainError `invalid_request` when something is missing or too long. */
export function readAsked(fields: FormFields, defaultResponseType: 'code' | 'token'): AskedAuthorization {
  for (const [name, value] of fields) {
    if (value.length > longestValue) {
      throw new DomainError('invalid_request', `The parameter ${name.slice(0, 50)} is too long.`);
    }
  }
  return {
    clientId: requireField(fields, 'client_id'),
    redirectUri: requireField(fields, 'redirect_uri'),
    scope: requireField(fields, 'scope'),
    responseType: optionalField(fields, 'response_type') ?? defaultResponseType,
    state: optionalField(fields, 'state'),
    assignmentUuid: optionalField(fields, 'assignment_uuid'),
    challenge: optionalField(fields, 'code_challenge'),
    challengeMethod: optionalField(fields, 'code_challenge_method'),
  };
}

/** Throws DomainError `invalid_request` without a value. */
export function requireField(fields: FormFields, name: string): string {
  const value = optionalField(fields, name);
  if (value === undefined) throw new DomainError('invalid_request', `The parameter ${name} is missing.`);
  return value;
}

function optionalField(fields: FormFields, name: string): string | undefined {
  const value = fields.get(name);
  return value === '' ? undefined : value;
}

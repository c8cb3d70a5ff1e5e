import { DomainError } from '#/domain/errors.ts';
import { findServiceKey, type ServiceKey } from '#/domain/service-keys/index.ts';
import type { RequestContext } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { findVerificationKey } from './parse-public-jwk.ts';
import { type ServiceToken, verifyServiceToken } from './service-token.ts';

/** The key of the service with which a token claims to be signed, unless it has expired. Throws DomainError `denied`. */
export async function getSigner({ domain }: OpsServices, service: string, kid: string): Promise<ServiceKey> {
  const signer = await findServiceKey(domain.database.read, { service, kid });
  const nowMs = domain.clock.nowMs();
  if (signer === undefined || (signer.expiresMs !== null && signer.expiresMs <= nowMs)) {
    throw new DomainError(
      'denied',
      'The key that signed the request is unknown to this service or has expired.',
    );
  }
  return signer;
}

/** Throws DomainError `invalid_request` unless the token was signed with this stored key, by its service, for this registry. */
export function verifyWithSigner(
  { domain }: OpsServices,
  request: RequestContext,
  token: ServiceToken,
  signer: ServiceKey,
): void {
  const key = findVerificationKey(signer.jwk);
  if (key === undefined)
    throw new DomainError('denied', 'The key that signed the request cannot sign requests.');
  verifyServiceToken(token, key, {
    issuer: signer.service,
    baseUrl: request.baseUrl,
    nowMs: domain.clock.nowMs(),
  });
}

/** Throws DomainError `read_only`. */
export function requireWritable({ domain }: OpsServices): void {
  if (!domain.settings.readOnly) return;
  throw new DomainError('read_only', 'The registry is read-only at present: nothing can be changed.');
}

import { DomainError } from '#/domain/errors.ts';
import type { DelegateId } from './queries.ts';

/** Throws DomainError `invalid_request` for the user whose namespace it is: their rights are not a matter of permissions. */
export function refuseNamespaceOwner(namespaceId: number, delegate: DelegateId): void {
  if (delegate.accountId !== namespaceId) return;
  throw new DomainError('invalid_request', 'The permission of the owner of the namespace cannot be changed.');
}

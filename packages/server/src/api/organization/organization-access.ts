import {
  type ApiAccess,
  type GrantedAccount,
  type GrantedOrganization,
  hasFullAccess,
  isGlobalReader,
  isSuperuser,
  refused,
  selfAdmin,
} from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { requireUnrestricted } from '#/api/restricted-users.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { getNamespaceAccess, type NamespaceAccess } from '#/domain/permissions/index.ts';

/** Anybody, for an organization that exists; what they may see of it follows from their rights. */
export const anyOfOrganization: ApiAccess<{ readonly orgname: string }, GrantedOrganization> = {
  name: 'any',
  scope: undefined,
  async check(services, caller, _request, { orgname }) {
    const organization = await findAccountByName(services.domain.database.read, orgname);
    if (organization?.kind !== 'organization' || !organization.enabled) {
      throw new DomainError('not_found', 'Not Found');
    }
    const seesAll = hasFullAccess(services, caller) || isGlobalReader(services, caller);
    const namespaceAccess = seesAll
      ? 'admin'
      : await getNamespaceAccess(services.domain, caller.principal, organization.id);
    return { caller, principal: caller.principal, organization, namespaceAccess };
  },
};

/** Who may create organizations: people who are not restricted, or superusers only. */
export const organizationFounder: ApiAccess<unknown, GrantedAccount> = {
  name: 'organization-founder',
  scope: selfAdmin.scope,
  async check(services, caller, request, params) {
    const granted = await selfAdmin.check(services, caller, request, params);
    if (services.settings.featureSuperusersOrganizationCreationOnly && !isSuperuser(caller)) {
      throw refused(caller);
    }
    requireUnrestricted(services, caller);
    return granted;
  },
};

/** What the caller may do without being a global reader, who passes the checks of reads but changes nothing and sees no secret. */
export async function ownAccess(
  services: ApiServices,
  granted: GrantedOrganization,
): Promise<NamespaceAccess> {
  const { caller, principal, organization, namespaceAccess } = granted;
  if (!isGlobalReader(services, caller) || hasFullAccess(services, caller)) return namespaceAccess;
  return getNamespaceAccess(services.domain, principal, organization.id);
}

/** Whether the caller may change the organization. */
export async function mayAdminister(services: ApiServices, granted: GrantedOrganization): Promise<boolean> {
  return (await ownAccess(services, granted)) === 'admin';
}

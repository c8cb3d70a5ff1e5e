import type { GrantedRepository } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { findAccountById } from '#/domain/namespaces/index.ts';

/** Whether the repository belongs to an organization: only there permissions tell who is a member. */
export async function isInOrganization(
  { domain }: ApiServices,
  { repository }: GrantedRepository,
): Promise<boolean> {
  const namespace = await findAccountById(domain.database.read, repository.namespaceId);
  return namespace?.kind === 'organization';
}

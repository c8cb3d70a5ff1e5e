import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar } from '#/api/shapes/entities.ts';
import { listTeamMemberships } from '#/domain/namespaces/index.ts';
import { listDirectGrants } from '#/domain/permissions/index.ts';

/** REST reference 9.3, item of the members. */
export const memberViewSchema = z.object({
  name: z.string(),
  kind: z.enum(['user', 'robot']),
  avatar: avatarSchema,
  teams: z.array(z.object({ name: z.string(), avatar: avatarSchema })),
  repositories: z.array(z.string()),
});

/** Who is in a team of the organization, by name, with teams and repositories of their own permissions; two queries. */
export async function memberViews(
  { domain }: ApiServices,
  organizationId: number,
  filter: { readonly accountId: number } | { readonly kind: 'user' },
): Promise<z.infer<typeof memberViewSchema>[]> {
  const { read } = domain.database;
  const memberships = await listTeamMemberships(read, organizationId, filter);
  const grants = await listDirectGrants(read, organizationId, filter);
  const repositories = Map.groupBy(grants, ({ accountId }) => accountId);
  const byAccount = Map.groupBy(memberships, ({ account }) => account.id);
  return [...byAccount.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { account } = first;
    return {
      name: account.name,
      kind: account.kind === 'robot' ? 'robot' : 'user',
      avatar: accountAvatar(account),
      teams: own.map(({ team }) => ({ name: team.name, avatar: teamAvatar(team.name) })),
      repositories: (repositories.get(account.id) ?? []).map(({ repository }) => repository),
    };
  });
}

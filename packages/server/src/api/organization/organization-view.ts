import { z } from 'zod';
import type { GrantedOrganization } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { ownAccess } from '#/api/organization/organization-access.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar } from '#/api/shapes/entities.ts';
import { type Account, listTeamSummaries } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';

const teamItemSchema = z.object({
  name: z.string(),
  description: z.string(),
  role: z.enum(['member', 'creator', 'admin']),
  avatar: avatarSchema,
  can_view: z.boolean(),
  repo_count: z.number(),
  member_count: z.number(),
  is_synced: z.boolean(),
});

/** REST reference 9.3: more of it for members, and more again for administrators. */
export const organizationViewSchema = z.object({
  name: z.string(),
  email: z.string(),
  avatar: avatarSchema,
  is_admin: z.boolean(),
  is_member: z.boolean(),
  teams: z.record(z.string(), teamItemSchema).optional(),
  ordered_teams: z.array(z.string()).optional(),
  invoice_email: z.boolean().optional(),
  invoice_email_address: z.string().nullable().optional(),
  tag_expiration_s: z.number().optional(),
  is_free_account: z.boolean().optional(),
});

/** What the caller sees of an organization. */
export async function organizationView(services: ApiServices, granted: GrantedOrganization) {
  const { organization, namespaceAccess } = granted;
  const own = await ownAccess(services, granted);
  const seesAll = namespaceAccess === 'admin';
  return {
    ...namedView(organization, { isAdmin: own === 'admin', isMember: own !== 'none' }),
    ...(seesAll ? { email: organization.email ?? '' } : {}),
    ...(namespaceAccess === 'none' ? {} : await teamsView(services, granted)),
    ...(seesAll
      ? {
          invoice_email: organization.invoiceEmail,
          invoice_email_address: organization.invoiceEmailAddress,
          tag_expiration_s: organization.tagExpirationSeconds,
          is_free_account: true,
        }
      : {}),
  };
}

/** What everybody sees. */
export function namedView(
  organization: Account,
  caller: { readonly isAdmin: boolean; readonly isMember: boolean },
) {
  return {
    name: organization.name,
    email: '',
    avatar: accountAvatar(organization),
    is_admin: caller.isAdmin,
    is_member: caller.isMember,
  };
}

async function teamsView({ domain }: ApiServices, granted: GrantedOrganization) {
  const { organization, namespaceAccess, principal } = granted;
  const teams = await listTeamSummaries(domain.database.read, organization.id, actingAccount(principal)?.id);
  const items = teams.map((team) => [
    team.name,
    {
      name: team.name,
      description: team.description,
      role: team.role,
      avatar: teamAvatar(team.name),
      can_view: namespaceAccess === 'admin' || team.isViewerMember,
      repo_count: team.repositoryCount,
      member_count: team.memberCount,
      is_synced: team.isSynced,
    },
  ]);
  return { teams: Object.fromEntries(items), ordered_teams: teams.map(({ name }) => name) };
}

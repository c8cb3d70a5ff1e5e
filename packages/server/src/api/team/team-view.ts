import { z } from 'zod';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar } from '#/api/shapes/entities.ts';
import type { NamedAccount, Team } from '#/domain/namespaces/index.ts';

/** REST reference 9.6, team view. */
export const teamViewSchema = z.object({
  name: z.string(),
  description: z.string(),
  can_view: z.boolean(),
  role: z.enum(['member', 'creator', 'admin']),
  avatar: avatarSchema,
  new_team: z.boolean(),
});

/** A team as its administrators see it. */
export function teamView(team: Team, isNew: boolean) {
  return {
    name: team.name,
    description: team.description,
    can_view: true,
    role: team.role,
    avatar: teamAvatar(team.name),
    new_team: isNew,
  };
}

export const memberViewSchema = z.object({
  name: z.string(),
  kind: z.literal('user'),
  is_robot: z.boolean(),
  avatar: avatarSchema,
  invited: z.boolean(),
});

/** A person or robot in a team, or invited to it. */
export function teamMemberView(account: Pick<NamedAccount, 'kind' | 'name' | 'email'>, isInvited: boolean) {
  return {
    name: account.name,
    kind: 'user' as const,
    is_robot: account.kind === 'robot',
    avatar: accountAvatar(account),
    invited: isInvited,
  };
}

export const inviteViewSchema = z.object({
  email: z.string(),
  kind: z.literal('invite'),
  avatar: avatarSchema,
  invited: z.literal(true),
});

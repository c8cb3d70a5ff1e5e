import { z } from 'zod';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar } from '#/api/shapes/entities.ts';
import type { UserPermission } from '#/domain/permissions/index.ts';

export const roleSchema = z.enum(['read', 'write', 'admin']);
export const roleBodySchema = z.object({ role: roleSchema });

/** REST reference 9.10; `is_org_member` in an organization only. */
export const userPermissionSchema = z.object({
  role: roleSchema,
  name: z.string(),
  is_robot: z.boolean(),
  avatar: avatarSchema,
  is_org_member: z.boolean().optional(),
});

export const teamPermissionSchema = z.object({ role: roleSchema, name: z.string(), avatar: avatarSchema });

/** What a person or robot may do with a repository by a permission of its own. */
export function userPermissionView(
  { account, role, isMember }: UserPermission,
  isInOrganization: boolean,
): z.infer<typeof userPermissionSchema> {
  return {
    role,
    name: account.name,
    is_robot: account.kind === 'robot',
    avatar: accountAvatar(account),
    ...(isInOrganization ? { is_org_member: isMember } : {}),
  };
}

export function teamPermissionView(permission: {
  readonly name: string;
  readonly role: z.infer<typeof roleSchema>;
}): z.infer<typeof teamPermissionSchema> {
  return { role: permission.role, name: permission.name, avatar: teamAvatar(permission.name) };
}

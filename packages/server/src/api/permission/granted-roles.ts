import { z } from 'zod';
import type { GrantedRole } from '#/domain/permissions/index.ts';

/** Permissions of one team or robot, by repository. */
export const grantedRolesSchema = z.object({
  permissions: z.array(
    z.object({
      repository: z.object({ name: z.string(), is_public: z.boolean() }),
      role: z.enum(['read', 'write', 'admin']),
    }),
  ),
});

export function grantedRolesView(roles: readonly GrantedRole[]): z.infer<typeof grantedRolesSchema> {
  return {
    permissions: roles.map(({ repository, visibility, role }) => ({
      repository: { name: repository, is_public: visibility === 'public' },
      role,
    })),
  };
}

import { z } from 'zod';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { teamAvatar, userEntity, userEntitySchema } from '#/api/shapes/entities.ts';
import type { Prototype, PrototypeAccount } from '#/domain/permissions/index.ts';

const roleSchema = z.enum(['read', 'write', 'admin']);

/** REST reference 9.7. */
export const prototypeViewSchema = z.object({
  id: z.string(),
  role: roleSchema,
  activating_user: userEntitySchema.nullable(),
  delegate: z.union([
    userEntitySchema,
    z.object({ name: z.string(), kind: z.literal('team'), avatar: avatarSchema }),
  ]),
});

export const prototypeBodySchema = z.object({
  role: roleSchema,
  delegate: z.object({ name: z.string(), kind: z.enum(['user', 'team']) }),
  activating_user: z.object({ name: z.string() }).nullish(),
});

export const prototypeRoleSchema = z.object({ role: roleSchema });

/** A default permission of an organization. */
export function prototypeView({ uuid, role, activating, delegate }: Prototype) {
  return {
    id: uuid,
    role,
    activating_user: activating === null ? null : accountView(activating),
    delegate:
      delegate.kind === 'team'
        ? { name: delegate.name, kind: 'team', avatar: teamAvatar(delegate.name) }
        : accountView(delegate),
  };
}

function accountView(account: PrototypeAccount) {
  return userEntity(account, account.isMember);
}

import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar } from '#/api/shapes/entities.ts';
import { type Account, isSuperuserAccount } from '#/domain/namespaces/index.ts';

export const installUserSchema = z.object({
  kind: z.literal('user'),
  name: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  verified: z.boolean(),
  avatar: avatarSchema,
  super_user: z.boolean(),
  global_readonly_super_user: z.boolean(),
  enabled: z.boolean(),
});

/** A person as superusers see it (REST reference A.1). */
export function installUserView(
  { domain, settings }: ApiServices,
  account: Account,
): z.infer<typeof installUserSchema> {
  return {
    kind: 'user',
    name: account.name,
    username: account.name,
    email: account.email,
    verified: account.verified,
    avatar: accountAvatar(account),
    super_user: isSuperuserAccount(domain.settings, { ...account, enabled: true }),
    global_readonly_super_user: settings.globalReadonlySuperUsers.includes(account.name),
    enabled: account.enabled,
  };
}

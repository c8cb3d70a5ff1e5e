import { z } from 'zod';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar } from '#/api/shapes/entities.ts';
import type { Account } from '#/domain/namespaces/index.ts';

export const organizationEntrySchema = z.object({
  name: z.string(),
  email: z.string().nullable(),
  avatar: avatarSchema,
});

/** An organization as superusers see it (REST reference A.2). */
export function organizationEntry(account: Account): z.infer<typeof organizationEntrySchema> {
  return { name: account.name, email: account.email, avatar: accountAvatar(account) };
}

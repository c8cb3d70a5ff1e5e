import { z } from 'zod';

export { type Avatar, type AvatarKind, avatarOf } from '#/http/avatar.ts';

export const avatarSchema = z.object({
  name: z.string(),
  hash: z.string(),
  color: z.string(),
  kind: z.enum(['user', 'robot', 'org', 'team', 'app']),
});

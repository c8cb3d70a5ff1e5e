import { z } from 'zod';
import { type Avatar, avatarOf, avatarSchema } from '#/api/shapes/avatar.ts';
import type { Account } from '#/domain/namespaces/index.ts';

/** What entities are made of, so that queries need not load whole accounts. */
export type NamedAccount = Pick<Account, 'kind' | 'name' | 'email'>;

export const userEntitySchema = z.object({
  name: z.string(),
  kind: z.literal('user'),
  is_robot: z.boolean(),
  avatar: avatarSchema,
  is_org_member: z.boolean().optional(),
});

/** Avatar of a person, robot or organization. */
export function accountAvatar(account: NamedAccount): Avatar {
  const kind = account.kind === 'organization' ? 'org' : account.kind;
  return avatarOf({ name: account.name, email: account.email, kind });
}

/** A person or robot as lists show it (REST reference 8, user entity); `isMember` inside an organization. */
export function userEntity(account: NamedAccount, isMember?: boolean) {
  return {
    name: account.name,
    kind: 'user' as const,
    is_robot: account.kind === 'robot',
    avatar: accountAvatar(account),
    ...(isMember === undefined ? {} : { is_org_member: isMember }),
  };
}

/** Avatar of a team. */
export function teamAvatar(name: string): Avatar {
  return avatarOf({ name, kind: 'team' });
}

import { z } from 'zod';
import type { DirectoryPerson, UserDirectory } from '#/auth/engines/define-auth-engine.ts';
import { type KeystoneClient, keystoneDomain } from './keystone-client.ts';

const userSchema = z.object({
  id: z.string(),
  name: z.string().min(1),
  domain_id: z.string(),
  enabled: z.boolean().default(true),
  email: z.string().nullish(),
});
const usersSchema = z.object({
  users: z.array(userSchema),
  truncated: z.boolean().default(false),
  links: z.object({ next: z.string().nullish() }).default({}),
});

/** Keystone finds people by the beginning of their names; shorter ones would list everybody. */
const shortestSearch = 3;

/** People of the domain `default`. Throws an Error while Keystone does not answer. */
export function createKeystonePeople(client: KeystoneClient): UserDirectory {
  const list = async (parameters: Readonly<Record<string, string>>): Promise<readonly DirectoryPerson[]> => {
    const query = new URLSearchParams({ domain_id: keystoneDomain, ...parameters });
    return peopleOf(usersSchema.parse((await client.readAsAdmin(`/users?${query}`)) ?? { users: [] }).users);
  };
  return {
    async findPerson(name) {
      if (name === '') return undefined;
      const found = await list({ name });
      return found.find((person) => person.username === name) ?? found[0];
    },
    async findPeople(prefix, limit) {
      if ([...prefix].length < shortestSearch) return [];
      return (await list({ name__startswith: prefix })).slice(0, limit);
    },
  };
}

/** The address of somebody, read with the token of the same person where that may be. */
export async function readEmail(
  client: KeystoneClient,
  { token, userId }: { readonly token: string; readonly userId: string },
): Promise<string | undefined> {
  const path = `/users/${encodeURIComponent(userId)}`;
  // A token made in the very second in which the password changed counts as revoked.
  const answer = (await client.read(path, token)) ?? (await client.readAsAdmin(path));
  const found = z.object({ user: userSchema }).safeParse(answer);
  return found.success ? found.data.user.email || undefined : undefined;
}

export async function hasGroup(client: KeystoneClient, id: string): Promise<boolean> {
  return (await client.readAsAdmin(`/groups/${encodeURIComponent(id)}`)) !== undefined;
}

/** All members; undefined when there is no such group. Throws an Error when Keystone cuts the list off. */
export async function listGroupMembers(
  client: KeystoneClient,
  id: string,
): Promise<readonly DirectoryPerson[] | undefined> {
  const answer = await client.readAsAdmin(`/groups/${encodeURIComponent(id)}/users`);
  if (answer === undefined) return undefined;
  const { users, truncated, links } = usersSchema.parse(answer);
  if (truncated || (links.next ?? undefined) !== undefined) {
    throw new Error('Keystone cuts the list of members off: raise its list_limit');
  }
  return peopleOf(users);
}

/** People of other domains can have the names of others here, and cannot sign in. */
function peopleOf(users: readonly z.infer<typeof userSchema>[]): readonly DirectoryPerson[] {
  return users
    .filter(({ domain_id, enabled }) => domain_id === keystoneDomain && enabled)
    .map(({ name, email }) => ({ username: name, email: email || undefined }));
}

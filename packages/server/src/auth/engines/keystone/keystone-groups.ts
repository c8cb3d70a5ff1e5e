import type { GroupDirectory } from '#/auth/engines/define-auth-engine.ts';
import { DomainError } from '#/domain/errors.ts';
import type { KeystoneClient } from './keystone-client.ts';
import { hasGroup, listGroupMembers } from './keystone-directory.ts';

const pageSize = 500;

/** Groups by `group_id`. */
export function createKeystoneGroups(client: KeystoneClient): GroupDirectory {
  return {
    groupKeys: ['group_id'],
    async findGroupFault(group) {
      const id = groupId(group);
      if (id === undefined) return 'group_id must be the id of a group, not its name.';
      try {
        return (await hasGroup(client, id)) ? undefined : `Keystone has no group with the id ${id}.`;
      } catch (error) {
        throw unavailable(error);
      }
    },
    async *listMembers(group) {
      const people = await membersOf(client, group);
      for (let start = 0; start < people.length; start += pageSize) {
        yield people.slice(start, start + pageSize);
      }
    },
  };
}

async function membersOf(client: KeystoneClient, group: Readonly<Record<string, unknown>>) {
  const id = groupId(group);
  const people =
    id === undefined
      ? undefined
      : await listGroupMembers(client, id).catch((error: unknown) => {
          throw unavailable(error);
        });
  if (people === undefined) throw new DomainError('not_found', 'Keystone has no such group.');
  return people;
}

/** Undefined for what cannot be an id. */
function groupId({ group_id }: Readonly<Record<string, unknown>>): string | undefined {
  const id = typeof group_id === 'string' ? group_id.trim() : '';
  return /^[A-Za-z0-9._-]{1,64}$/.test(id) && !/^\.+$/.test(id) ? id : undefined;
}

function unavailable(error: unknown): DomainError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DomainError('directory_unavailable', `Keystone does not answer: ${reason}`, {
    cause: error,
    retryAfterSeconds: 30,
  });
}

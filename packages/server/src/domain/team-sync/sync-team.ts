import { DomainError } from '#/domain/errors.ts';
import { changeFollowedTeam, type FollowedTeam, type TeamChange } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Directory } from './directory-groups.ts';
import { linkMembers } from './link-members.ts';

/** What became of one team. `overtaken`: another node, or somebody who changed the binding, goes on from here. */
export type TeamSyncResult =
  | ({ readonly result: 'synced'; readonly skipped: number } & TeamChange)
  | { readonly result: 'overtaken' }
  /** The team stays as it is, and is tried again. */
  | { readonly result: 'failed'; readonly reason: string };

/** More people than that would be too much to hold. */
const mostMembers = 50_000;

/**
 * Makes the people of a team those of its group; robots stay. The group is read to its end before anything changes: a directory that answers with an error, also
 * half-way, or that does not know the group, changes nothing. Where a member cannot have an account, people of the team without a link to the
 * directory stay. Throws only for errors of the database and once the signal is aborted.
 */
export async function syncTeam(
  services: Services,
  team: FollowedTeam,
  directory: Directory,
  signal: AbortSignal,
): Promise<TeamSyncResult> {
  const members = await readGroup(team, directory, signal);
  if (members instanceof DomainError) return { result: 'failed', reason: members.message };
  const { service } = directory;
  const { accountIds, skipped } = await linkMembers(services, service, members, signal);
  const change = await changeFollowedTeam(services, team, {
    service,
    accountIds,
    keepsUnlinked: skipped > 0,
  });
  return change === undefined ? { result: 'overtaken' } : { result: 'synced', skipped, ...change };
}

/** Names and addresses of all members; the error when they cannot be had. */
async function readGroup(
  { config }: FollowedTeam,
  { groups }: Directory,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | undefined> | DomainError> {
  const members = new Map<string, string | undefined>();
  try {
    for await (const page of groups.listMembers(config)) {
      signal.throwIfAborted();
      for (const { username, email } of page) members.set(username, email);
      if (members.size > mostMembers) {
        return new DomainError('invalid_request', `The group has more than ${mostMembers} members.`);
      }
    }
    if (members.size > 0) return members;
    // A group that was deleted or renamed looks like an empty one to some directories.
    const fault = await groups.findGroupFault(config);
    return fault === undefined ? members : new DomainError('not_found', fault);
  } catch (error) {
    if (error instanceof DomainError) return error;
    if (signal.aborted) throw error;
    return new DomainError('directory_unavailable', 'The directory did not answer as it should.', {
      cause: error,
    });
  }
}

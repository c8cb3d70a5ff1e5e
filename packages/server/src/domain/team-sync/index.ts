export type { Directory, DirectoryGroups, DirectoryMember } from './directory-groups.ts';
export { syncStaleTeams } from './sync-stale-teams.ts';
export type { TeamSyncResult } from './sync-team.ts';

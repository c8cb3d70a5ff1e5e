export {
  type FoundAccount,
  type FoundRobot,
  type FoundTeam,
  listMatchingEntities,
  listMatchingNamespaces,
  listMatchingRobots,
  listMatchingTeams,
} from './queries-accounts.ts';
export { type FoundRepository, listMatchingRepositories } from './queries-repositories.ts';
export { findSearchText } from './search-text.ts';

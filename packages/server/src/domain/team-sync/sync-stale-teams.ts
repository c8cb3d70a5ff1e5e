import { type FollowedTeam, findLastFollowedTeamId, listStaleTeams } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Directory } from './directory-groups.ts';
import { syncTeam, type TeamSyncResult } from './sync-team.ts';

const mostTeams = 500;

/**
 * Reads the groups of at most 500 teams of this directory that were not read for `staleSeconds`, from a random one on, so that nodes rarely meet and groups that
 * fail hold up no others. `openDirectory` is called only when there are such teams. One failure says nothing about the others, but a directory that
 * fails for five teams in a row is left alone until the next round.
 */
export async function syncStaleTeams(
  services: Services,
  options: {
    readonly service: string;
    readonly staleSeconds: number;
    readonly signal: AbortSignal;
    readonly openDirectory: () => Directory;
    readonly onResult?: (result: TeamSyncResult) => void;
  },
): Promise<void> {
  const teams = await pickTeams(services, options.service, options.staleSeconds);
  if (teams.length === 0) return;
  const directory = options.openDirectory();
  let failures = 0;
  for (const team of teams) {
    if (options.signal.aborted || failures === mostFailures) return;
    const result = await syncTeam(services, team, directory, options.signal);
    options.onResult?.(result);
    report(services, team, result);
    failures = result.result === 'failed' ? failures + 1 : 0;
  }
}

const mostFailures = 5;

async function pickTeams(
  services: Services,
  service: string,
  staleSeconds: number,
): Promise<readonly FollowedTeam[]> {
  const { read } = services.database;
  const beforeMs = services.clock.nowMs() - staleSeconds * 1000;
  const lastId = await findLastFollowedTeamId(read, service);
  if (lastId === 0) return [];
  const fromId = 1 + Math.floor(Math.random() * lastId);
  const later = await listStaleTeams(read, { service, beforeMs, fromId, limit: mostTeams });
  if (later.length === mostTeams || fromId === 1) return later;
  const rest = await listStaleTeams(read, { service, beforeMs, fromId: 1, limit: mostTeams - later.length });
  return [...later, ...rest.filter(({ id }) => id < fromId)];
}

function report({ logger }: Services, team: FollowedTeam, result: TeamSyncResult): void {
  const about = { team: team.name, organizationId: team.organizationId };
  if (result.result === 'failed') {
    logger.warn({ ...about, reason: result.reason }, 'a group could not be read: the team stays as it is');
  } else if (result.result === 'synced' && result.added + result.removed + result.skipped > 0) {
    const { added, removed, skipped } = result;
    logger.info({ ...about, added, removed, skipped }, 'the team follows its group');
  }
}

import { z } from 'zod';
import { noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { lastAccess } from '#/api/robot/robot-view.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { teamAvatar } from '#/api/shapes/entities.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { listRobotSummaries, listRobotTeams, type RobotSummary } from '#/domain/namespaces/index.ts';
import { listDirectGrants } from '#/domain/permissions/index.ts';

/** Robots by name, at most three queries; members of an organization see neither tokens nor permissions (REST reference 9.8). */
export const [getUserRobots, getOrgRobots] = robotTwins({
  operationIds: { user: 'getUserRobots', organization: 'getOrgRobots' },
  resources: { user: 'UserRobotList', organization: 'OrgRobotList' },
  method: 'GET',
  path: '',
  summary: 'Lists robots.',
  status: 200,
  need: 'member',
  request: {
    params: z.object({}),
    query: z.object({
      permissions: booleanQuery(false),
      token: booleanQuery(true),
      limit: z
        .string()
        .regex(/^\d{1,9}$/, 'must be a whole number')
        .optional(),
    }),
    body: noBody,
  },
  response: z.object({
    robots: z.array(
      z.object({
        name: z.string(),
        created: z.string(),
        last_accessed: z.string().nullable(),
        description: z.string(),
        token: z.string().optional(),
        teams: z.array(z.object({ name: z.string(), avatar: avatarSchema })).optional(),
        repositories: z.array(z.string()).optional(),
      }),
    ),
  }),
  async handle({ query, granted: { owner, isAdmin } }, services) {
    const robots = await listRobotSummaries(services.domain, owner.id, {
      limit: query.limit === undefined ? undefined : Number(query.limit),
      withTokens: query.token && isAdmin,
    });
    const permissionsOf =
      query.permissions && isAdmin ? await readPermissions(services, owner.id, robots) : () => ({});
    return {
      robots: robots.map((robot) => ({
        name: robot.name,
        created: formatDate(robot.createdMs),
        last_accessed: lastAccess(services, robot.lastAccessedMs),
        description: robot.description,
        ...(robot.token === undefined ? {} : { token: robot.token }),
        ...permissionsOf(robot.id),
      })),
    };
  },
});

async function readPermissions({ domain }: ApiServices, ownerId: number, robots: readonly RobotSummary[]) {
  const { read } = domain.database;
  const through = robots.at(-1)?.name ?? '';
  const teams = await listRobotTeams(read, ownerId, through);
  const grants = await listDirectGrants(read, ownerId, { kind: 'robot', through });
  const repositories = Map.groupBy(grants, ({ accountId }) => accountId);
  return (robotId: number) => ({
    teams: (teams.get(robotId) ?? []).map((name) => ({ name, avatar: teamAvatar(name) })),
    repositories: (repositories.get(robotId) ?? []).map(({ repository }) => repository),
  });
}

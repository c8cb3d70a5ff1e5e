import { z } from 'zod';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar } from '#/api/shapes/entities.ts';
import type { FoundAccount, FoundRepository, FoundRobot, FoundTeam } from '#/domain/search/index.ts';
import { nameSimilarity } from './name-similarity.ts';

/** What kinds of results weigh against each other (REST reference 9.28). */
const weights = { entity: 1, team: 2, repository: 4 } as const;

export const entityResultSchema = z.object({
  kind: z.enum(['user', 'organization', 'robot']),
  title: z.enum(['user', 'org', 'robot']),
  avatar: avatarSchema,
  name: z.string(),
  score: z.number(),
  href: z.string(),
  short_name: z.string().optional(),
});

export const teamResultSchema = z.object({
  kind: z.literal('team'),
  name: z.string(),
  organization: entityResultSchema,
  avatar: avatarSchema,
  score: z.number(),
  href: z.string(),
});

export const repositoryResultSchema = z.object({
  kind: z.enum(['repository', 'application']),
  title: z.enum(['repo', 'app']),
  namespace: entityResultSchema,
  name: z.string(),
  description: z.string(),
  is_public: z.boolean(),
  score: z.number(),
  href: z.string(),
});

type EntityResult = z.infer<typeof entityResultSchema>;

/** A person or organization; without a query as part of another result. */
export function entityResult(account: FoundAccount, query?: string): EntityResult {
  const isPerson = account.kind === 'user';
  return {
    kind: isPerson ? 'user' : 'organization',
    title: isPerson ? 'user' : 'org',
    avatar: accountAvatar(account),
    name: account.name,
    score: weights.entity * (query === undefined ? 1 : nameSimilarity(account.name, query)),
    href: `/${isPerson ? 'user' : 'organization'}/${account.name}`,
  };
}

export function robotResult(robot: FoundRobot, query: string): EntityResult {
  const [owner = '', shortName = ''] = robot.name.split('+', 2);
  const page = robot.ownerKind === 'user' ? 'user' : 'organization';
  return {
    kind: 'robot',
    title: 'robot',
    avatar: accountAvatar(robot),
    name: robot.name,
    score: weights.entity * nameSimilarity(shortName, query),
    href: `/${page}/${owner}?tab=robots&showRobot=${encodeURIComponent(robot.name)}`,
    short_name: shortName,
  };
}

export function teamResult(
  { name, organization }: FoundTeam,
  query: string,
): z.infer<typeof teamResultSchema> {
  return {
    kind: 'team',
    name,
    organization: entityResult(organization),
    avatar: teamAvatar(name),
    score: weights.team * nameSimilarity(name, query),
    href: `/organization/${organization.name}/teams/${name}`,
  };
}

export function repositoryResult(
  repository: FoundRepository,
  query: string,
): z.infer<typeof repositoryResultSchema> {
  const isImage = repository.kind === 'image';
  return {
    kind: isImage ? 'repository' : 'application',
    title: isImage ? 'repo' : 'app',
    namespace: entityResult(repository.namespace),
    name: repository.name,
    description: repository.description,
    is_public: repository.visibility === 'public',
    score: weights.repository * nameSimilarity(repository.name, query),
    href: `/${isImage ? 'repository' : 'application'}/${repository.namespace.name}/${repository.name}`,
  };
}

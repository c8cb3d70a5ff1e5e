import { z } from 'zod';
import { repositoryRead } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { formatDate, formatIsoDate } from '#/api/shapes/dates.ts';
import { imageIdOf } from '#/api/shapes/legacy-images.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import { isIndexType } from '#/domain/manifests/index.ts';
import { actingAccount, repositoryRanks } from '#/domain/permissions/index.ts';
import { findRepositoryDetails, listDailyActions } from '#/domain/repositories/index.ts';
import { type ListedTag, listAliveTags } from '#/domain/tags/index.ts';

const mostTags = 500;
const dayMs = 24 * 3600 * 1000;
/** About three months. */
const statisticDays = 90;

/** One repository, with its tags and on request what happened in it (REST reference 9.9). */
export const getRepo = apiRoute({
  operationId: 'getRepo',
  method: 'GET',
  path: '/repository/:repository',
  group: 'repository',
  resource: 'endpoints.api.repository.Repository',
  summary: 'Shows a repository.',
  status: 200,
  access: repositoryRead,
  request: {
    params: z.object({ repository: z.string() }),
    query: z.object({ includeStats: booleanQuery(false), includeTags: booleanQuery(true) }),
    body: noBody,
  },
  response: z.object({
    namespace: z.string(),
    name: z.string(),
    kind: z.enum(['image', 'application']),
    description: z.string(),
    is_public: z.boolean(),
    is_organization: z.boolean(),
    is_starred: z.boolean(),
    status_token: z.string(),
    trust_enabled: z.boolean(),
    tag_expiration_s: z.number(),
    is_free_account: z.boolean(),
    state: z.string(),
    can_write: z.boolean(),
    can_admin: z.boolean(),
    tags: z
      .record(
        z.string(),
        z.object({
          name: z.string(),
          image_id: z.string().optional(),
          size: z.number(),
          last_modified: z.string(),
          expiration: z.string().optional(),
          manifest_digest: z.string(),
        }),
      )
      .optional(),
    channels: z.array(z.unknown()).optional(),
    releases: z.array(z.unknown()).optional(),
    stats: z.array(z.object({ date: z.string(), count: z.number() })).optional(),
  }),
  async handle({ query, granted }, services) {
    const { repository, repositoryAccess } = granted;
    const { read } = services.domain.database;
    const accountId = actingAccount(granted.principal)?.id;
    const details = await findRepositoryDetails(read, repository.id, accountId);
    if (details === undefined) throw new DomainError('not_found', 'Not Found');
    const isPublic = repository.visibility === 'public';
    const rank = repositoryRanks[repositoryAccess];
    return {
      namespace: repository.namespace,
      name: repository.name,
      kind: repository.kind,
      description: details.description,
      is_public: isPublic,
      is_organization: details.namespaceKind === 'organization',
      is_starred: details.isStarred,
      status_token: isPublic ? '' : details.badgeToken,
      trust_enabled: services.settings.featureSigning && details.isTrusted,
      tag_expiration_s: details.tagExpirationSeconds,
      is_free_account: true,
      state: repository.state,
      can_write: rank >= repositoryRanks.write && repository.state === 'NORMAL',
      can_admin: rank >= repositoryRanks.admin,
      // Repositories of applications are kept as they were imported; nothing is pushed to them.
      ...(repository.kind === 'application' ? { channels: [], releases: [] } : {}),
      ...(query.includeTags && repository.kind === 'image'
        ? { tags: await tagsOf(services, repository.id) }
        : {}),
      ...(query.includeStats ? { stats: await statisticsOf(services, repository.id) } : {}),
    };
  },
});

async function tagsOf({ domain }: ApiServices, repositoryId: number) {
  const tags = await listAliveTags(domain.database.read, {
    repositoryId,
    nowMs: domain.clock.nowMs(),
    limit: mostTags,
  });
  return Object.fromEntries(tags.map((tag) => [tag.name, tagEntry(tag)]));
}

function tagEntry(tag: ListedTag) {
  return {
    name: tag.name,
    ...(isIndexType(tag.mediaType) ? {} : { image_id: imageIdOf(tag.digest) }),
    size: tag.layersSizeBytes ?? 0,
    last_modified: formatDate(tag.startMs),
    ...(tag.endMs === null ? {} : { expiration: formatDate(tag.endMs) }),
    manifest_digest: tag.digest,
  };
}

/** Every day has its entry, also those on which nothing happened. */
async function statisticsOf({ domain }: ApiServices, repositoryId: number) {
  const today = Math.floor(domain.clock.nowMs() / dayMs);
  const first = today - statisticDays;
  const counts = await listDailyActions(domain.database.read, repositoryId, first);
  return Array.from({ length: statisticDays + 1 }, (_, index) => {
    const day = first + index;
    const date = formatIsoDate(day * dayMs)?.slice(0, 10) ?? '';
    return { date, count: counts.get(day) ?? 0 };
  });
}

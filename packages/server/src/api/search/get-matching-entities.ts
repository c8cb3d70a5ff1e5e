import { z } from 'zod';
import { anyCaller, type GrantedCaller, hasFullAccess, holdsScope, isGlobalReader } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar, teamAvatar, userEntity } from '#/api/shapes/entities.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { type Account, findAccountByName } from '#/domain/namespaces/index.ts';
import { getNamespaceAccess, namespaceRanks } from '#/domain/permissions/index.ts';
import { findSearchText, listMatchingEntities, listMatchingTeams } from '#/domain/search/index.ts';
import { findExternalPeople } from './external-people.ts';

const mostEntities = 10;

const entitySchema = z.object({
  name: z.string(),
  kind: z.enum(['user', 'team', 'org', 'external']),
  /** Of people outside: their address. */
  title: z.string().optional(),
  is_robot: z.boolean().optional(),
  is_org_member: z.boolean().optional(),
  avatar: avatarSchema,
});

/** Who could be given a right: people, and robots and teams of a namespace (REST reference 9.28). */
export const getMatchingEntities = apiRoute({
  operationId: 'getMatchingEntities',
  method: 'GET',
  path: '/entities/:prefix',
  group: 'search',
  resource: 'endpoints.api.search.EntitySearch',
  summary: 'Finds people, robots and teams by the start of their name.',
  status: 200,
  access: anyCaller,
  request: {
    params: z.object({ prefix: z.string() }),
    query: z.object({
      namespace: z.string().optional(),
      includeTeams: booleanQuery(false),
      includeOrgs: booleanQuery(false),
    }),
    body: noBody,
  },
  response: z.object({ results: z.array(entitySchema) }),
  async handle({ params, query, granted }, services) {
    const text = findSearchText(params.prefix);
    if (text === undefined || text === '') return { results: [] };
    const { read } = services.domain.database;
    const place = await findPlace(services, granted, query.namespace);
    const organization = place?.account.kind === 'organization' ? place.account : undefined;
    const [teams, entities, external] = await Promise.all([
      query.includeTeams && organization !== undefined && place?.isInside === true
        ? listMatchingTeams(read, { text, of: { organizationId: organization.id }, limit: mostEntities })
        : [],
      listMatchingEntities(read, {
        text,
        exactly: !services.settings.featurePartialUserAutocomplete,
        robotsOf: place?.isInside === true ? place.account.name : undefined,
        organizationId: organization?.id,
        limit: mostEntities,
      }),
      findExternalPeople(services, granted, { text, limit: mostEntities }),
    ]);
    const showsItself =
      query.includeOrgs &&
      organization !== undefined &&
      place?.administers === true &&
      organization.name.startsWith(text);
    return {
      results: [
        ...teams.map(({ name }) => ({
          name,
          kind: 'team' as const,
          is_org_member: true,
          avatar: teamAvatar(name),
        })),
        ...entities.map((entity) =>
          userEntity(entity, organization === undefined ? undefined : entity.isMember),
        ),
        ...(showsItself && organization !== undefined
          ? [
              {
                name: organization.name,
                kind: 'org' as const,
                is_org_member: true,
                avatar: accountAvatar(organization),
              },
            ]
          : []),
        ...external,
      ],
    };
  },
});

interface Place {
  readonly account: Account;
  /** The caller may see its robots and teams. */
  readonly isInside: boolean;
  readonly administers: boolean;
}

async function findPlace(
  services: ApiServices,
  { caller, principal }: GrantedCaller,
  namespace: string | undefined,
): Promise<Place | undefined> {
  if (namespace === undefined || namespace === '') return undefined;
  const account = await findAccountByName(services.domain.database.read, namespace);
  if (account === undefined || account.kind === 'robot') return undefined;
  if (account.kind === 'user') {
    const isOwn =
      principal.kind !== 'anonymous' &&
      caller.kind !== 'anonymous' &&
      caller.principal.account.id === account.id;
    const isInside = isOwn && holdsScope(caller, ['user:admin']);
    return { account, isInside, administers: isInside };
  }
  const seesAll = hasFullAccess(services, caller) || isGlobalReader(services, caller);
  const access = seesAll ? 'admin' : await getNamespaceAccess(services.domain, principal, account.id);
  return {
    account,
    isInside: namespaceRanks[access] >= namespaceRanks.member,
    administers: access === 'admin',
  };
}

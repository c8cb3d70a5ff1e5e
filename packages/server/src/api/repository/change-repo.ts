import { z } from 'zod';
import { repositoryAdmin, repositoryWrite } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import { DomainError } from '#/domain/errors.ts';
import { deleteRepository as removeRepository } from '#/domain/gc/index.ts';
import {
  setRepositoryDescription,
  setRepositoryState,
  setRepositoryTrust,
  setRepositoryVisibility,
} from '#/domain/repositories/index.ts';

const params = z.object({ repository: z.string() });
const success = z.object({ success: z.literal(true) });
const done = { success: true } as const;

/** Changes the description (REST reference 9.9). */
export const updateRepo = apiRoute({
  operationId: 'updateRepo',
  method: 'PUT',
  path: '/repository/:repository',
  group: 'repository',
  resource: 'endpoints.api.repository.Repository',
  summary: 'Changes the description of a repository.',
  status: 200,
  access: repositoryWrite,
  request: { params, query: z.unknown(), body: jsonBody(z.object({ description: plainText })) },
  response: success,
  async handle({ body, granted }, { domain }, request) {
    await setRepositoryDescription(domain, {
      repository: granted.repository,
      description: body.description,
      performer: performerOfCall(granted, request),
    });
    return done;
  },
});

/** Deletes a repository with all that is in it; storage is freed in the background (REST reference 9.9). */
export const deleteRepository = apiRoute({
  operationId: 'deleteRepository',
  method: 'DELETE',
  path: '/repository/:repository',
  group: 'repository',
  resource: 'endpoints.api.repository.Repository',
  summary: 'Deletes a repository.',
  status: 204,
  access: repositoryAdmin,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ granted }, { domain }, request) {
    await removeRepository(domain, {
      repository: granted.repository,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

/** Makes a repository public or private (REST reference 9.9). */
export const changeRepoVisibility = apiRoute({
  operationId: 'changeRepoVisibility',
  method: 'POST',
  path: '/repository/:repository/changevisibility',
  group: 'repository',
  resource: 'endpoints.api.repository.RepositoryVisibility',
  summary: 'Makes a repository public or private.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(z.object({ visibility: z.enum(['public', 'private']) })),
  },
  response: success,
  async handle({ body, granted }, { domain }, request) {
    await setRepositoryVisibility(domain, {
      repository: granted.repository,
      visibility: body.visibility,
      performer: performerOfCall(granted, request),
    });
    return done;
  },
});

/** Says whether tags are signed (REST reference 9.9). */
export const changeRepoTrust = apiRoute({
  operationId: 'changeRepoTrust',
  method: 'POST',
  path: '/repository/:repository/changetrust',
  group: 'repository',
  resource: 'endpoints.api.repository.RepositoryTrust',
  summary: 'Turns signed tags of a repository on or off.',
  status: 200,
  access: repositoryAdmin,
  gate: (settings) => settings.featureSigning,
  request: { params, query: z.unknown(), body: jsonBody(z.object({ trust_enabled: z.boolean() })) },
  response: success,
  async handle({ body, granted }, { domain }, request) {
    await setRepositoryTrust(domain, {
      repository: granted.repository,
      trusted: body.trust_enabled,
      performer: performerOfCall(granted, request),
    });
    return done;
  },
});

/** Opens a repository for pushes, closes it, or leaves it to its mirror (REST reference 9.9). */
export const changeRepoState = apiRoute({
  operationId: 'changeRepoState',
  method: 'PUT',
  path: '/repository/:repository/changestate',
  group: 'repository',
  resource: 'endpoints.api.repository.RepositoryStateResource',
  summary: 'Changes who may push to a repository.',
  status: 200,
  access: repositoryAdmin,
  gate: (settings) => settings.featureRepositoryMirror,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(z.object({ state: z.enum(['NORMAL', 'READ_ONLY', 'MIRROR']) })),
  },
  response: success,
  async handle({ body, granted }, { domain }, request) {
    const { repository } = granted;
    if (repository.state === 'ORG_MIRROR') {
      throw new DomainError('invalid_request', 'The mirror of the organization decides on this repository.');
    }
    await setRepositoryState(domain, {
      repository,
      state: body.state,
      performer: performerOfCall(granted, request),
    });
    return done;
  },
});

import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { deletePrototype } from '#/domain/permissions/index.ts';

/** Repositories that exist keep what they have (REST reference 9.7). */
export const deleteOrganizationPrototypePermission = apiRoute({
  operationId: 'deleteOrganizationPrototypePermission',
  method: 'DELETE',
  path: '/organization/:orgname/prototypes/:prototypeid',
  group: 'prototype',
  resource: 'endpoints.api.prototype.PermissionPrototype',
  summary: 'Deletes a default permission.',
  status: 204,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), prototypeid: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await deletePrototype(domain, {
      organizationId: granted.organization.id,
      uuid: params.prototypeid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

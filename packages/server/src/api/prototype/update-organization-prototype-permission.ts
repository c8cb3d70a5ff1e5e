import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { prototypeRoleSchema, prototypeView, prototypeViewSchema } from '#/api/prototype/prototype-view.ts';
import { setPrototypeRole } from '#/domain/permissions/index.ts';

/** REST reference 9.7. */
export const updateOrganizationPrototypePermission = apiRoute({
  operationId: 'updateOrganizationPrototypePermission',
  method: 'PUT',
  path: '/organization/:orgname/prototypes/:prototypeid',
  group: 'prototype',
  resource: 'endpoints.api.prototype.PermissionPrototype',
  summary: 'Changes the role of a default permission.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), prototypeid: z.string() }),
    query: z.unknown(),
    body: jsonBody(prototypeRoleSchema),
  },
  response: prototypeViewSchema,
  async handle({ params, body, granted }, { domain }, request) {
    const prototype = await setPrototypeRole(domain, {
      organizationId: granted.organization.id,
      uuid: params.prototypeid,
      role: body.role,
      performer: performerOfCall(granted, request),
    });
    return prototypeView(prototype);
  },
});

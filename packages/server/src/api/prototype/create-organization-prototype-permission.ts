import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { prototypeBodySchema, prototypeView, prototypeViewSchema } from '#/api/prototype/prototype-view.ts';
import { createPrototype } from '#/domain/permissions/index.ts';

/** What somebody gets on each new repository of an organization (REST reference 9.7). */
export const createOrganizationPrototypePermission = apiRoute({
  operationId: 'createOrganizationPrototypePermission',
  method: 'POST',
  path: '/organization/:orgname/prototypes',
  group: 'prototype',
  resource: 'endpoints.api.prototype.PermissionPrototypeList',
  summary: 'Adds a default permission of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string() }),
    query: z.unknown(),
    body: jsonBody(prototypeBodySchema),
  },
  response: prototypeViewSchema,
  async handle({ body, granted }, { domain }, request) {
    const activatingUser = body.activating_user?.name;
    const prototype = await createPrototype(domain, {
      organizationId: granted.organization.id,
      role: body.role,
      delegate: body.delegate,
      ...(activatingUser === undefined ? {} : { activatingUser }),
      performer: performerOfCall(granted, request),
    });
    return prototypeView(prototype);
  },
});

import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { prototypeView, prototypeViewSchema } from '#/api/prototype/prototype-view.ts';
import { listPrototypes } from '#/domain/permissions/index.ts';

/** REST reference 9.7. */
export const getOrganizationPrototypePermissions = apiRoute({
  operationId: 'getOrganizationPrototypePermissions',
  method: 'GET',
  path: '/organization/:orgname/prototypes',
  group: 'prototype',
  resource: 'endpoints.api.prototype.PermissionPrototypeList',
  summary: 'Lists the default permissions of an organization.',
  status: 200,
  access: organizationAdmin,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ prototypes: z.array(prototypeViewSchema) }),
  async handle({ granted: { organization } }, { domain }) {
    const prototypes = await listPrototypes(domain.database.read, organization.id);
    return { prototypes: prototypes.map(prototypeView) };
  },
});

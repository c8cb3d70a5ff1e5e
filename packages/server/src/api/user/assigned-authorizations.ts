import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { authorizationSchema, authorizationView } from '#/api/user/authorizations.ts';
import { declineAssignment, listAssignments } from '#/domain/tokens/index.ts';
import { removeUserNotificationsOfKind, retractAssignment } from '#/domain/user-notifications/index.ts';

const assignedSchema = authorizationSchema.extend({
  application: authorizationSchema.shape.application.extend({ clientId: z.string() }),
  redirectUri: z.string(),
  responseType: z.string(),
});

/** Authorizations that administrators offer to the caller; who has seen them needs no notification any more (REST reference 9.1). */
export const listAssignedAuthorizations = apiRoute({
  operationId: 'listAssignedAuthorizations',
  method: 'GET',
  path: '/user/assignedauthorization',
  group: 'user',
  resource: 'endpoints.api.user.UserAssignedAuthorizations',
  summary: 'Lists the authorizations that are assigned to the caller.',
  status: 200,
  access: selfAdmin,
  internal: true,
  gate: (settings) => settings.featureAssignOauthToken,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ authorizations: z.array(assignedSchema) }),
  async handle({ granted: { account } }, { domain }) {
    const offers = await listAssignments(domain.database.read, { accountId: account.id });
    if (!domain.settings.readOnly) {
      await domain.database.transaction((db) =>
        removeUserNotificationsOfKind(db, account.id, 'assigned_authorization'),
      );
    }
    return {
      authorizations: offers.map((offer) => {
        const view = authorizationView(offer);
        return {
          ...view,
          application: { ...view.application, clientId: offer.application.clientId },
          redirectUri: offer.redirectUri,
          responseType: offer.responseType,
        };
      }),
    };
  },
});

export const deleteAssignedAuthorization = apiRoute({
  operationId: 'deleteAssignedAuthorization',
  method: 'DELETE',
  path: '/user/assignedauthorization/:assigned_authorization_uuid',
  group: 'user',
  resource: 'endpoints.api.user.UserAssignedAuthorization',
  summary: 'Declines an authorization that is assigned to the caller.',
  status: 204,
  access: selfAdmin,
  internal: true,
  gate: (settings) => settings.featureAssignOauthToken,
  request: {
    params: z.object({ assigned_authorization_uuid: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }) {
    await declineAssignment(domain, {
      accountId: granted.account.id,
      uuid: params.assigned_authorization_uuid,
      retract: retractAssignment,
    });
    return null;
  },
});

import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { type ApiRoute, apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { integerQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  dismissUserNotification,
  findUserNotification,
  listUserNotifications as listNotifications,
  type UserNotification,
} from '#/domain/user-notifications/index.ts';

const group = 'user';
const listPath = '/user/notifications';
const path = `${listPath}/:uuid`;
const resource = 'endpoints.api.user.UserNotification';
const params = z.object({ uuid: z.string() });

const notificationSchema = z.object({
  id: z.string(),
  organization: z.string().nullable(),
  kind: z.string(),
  created: z.string(),
  metadata: z.unknown(),
  dismissed: z.boolean(),
});

const listUserNotifications = apiRoute({
  operationId: 'listUserNotifications',
  method: 'GET',
  path: listPath,
  group,
  resource: 'endpoints.api.user.UserNotificationList',
  summary: 'Lists what the caller, or an organization that the caller administers, was told, newest first.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: {
    params: z.unknown(),
    query: z.object({
      page: integerQuery({ fallback: 0, least: 0, most: 10_000 }),
      limit: integerQuery({ fallback: 5, least: 1, most: 100 }),
    }),
    body: noBody,
  },
  response: z.object({ notifications: z.array(notificationSchema), additional: z.boolean() }),
  async handle({ query: { page, limit }, granted: { account } }, { domain }) {
    const found = await listNotifications(domain, { accountId: account.id, page, limit });
    return { notifications: found.notifications.map(view), additional: found.hasMore };
  },
});

const getUserNotification = apiRoute({
  operationId: 'getUserNotification',
  method: 'GET',
  path,
  group,
  resource,
  summary: 'Shows one of those notifications.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: { params, query: z.unknown(), body: noBody },
  response: notificationSchema,
  async handle({ params: { uuid }, granted: { account } }, { domain }) {
    const found = await findUserNotification(domain.database.read, account.id, uuid);
    if (found === undefined) throw new DomainError('not_found', 'Not Found');
    return view(found);
  },
});

const updateUserNotification = apiRoute({
  operationId: 'updateUserNotification',
  method: 'PUT',
  path,
  group,
  resource,
  summary: 'Takes a notification off the list, or puts it back.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(z.object({ dismissed: z.boolean().default(false) })),
  },
  response: notificationSchema,
  async handle({ params: { uuid }, body: { dismissed }, granted: { account } }, { domain }) {
    return view(await dismissUserNotification(domain, { accountId: account.id, uuid, dismissed }));
  },
});

function view(notification: UserNotification) {
  return {
    id: notification.uuid,
    organization: notification.organization,
    kind: notification.kind,
    created: formatDate(notification.createdMs),
    metadata: notification.metadata,
    dismissed: notification.dismissed,
  };
}

/** What people are told (REST reference 9.1). */
export const userNotificationRoutes: readonly ApiRoute[] = [
  listUserNotifications,
  getUserNotification,
  updateUserNotification,
];

import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { notificationSchema, notificationView } from '#/api/repository-notifications/notification-view.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  createRepositoryNotification,
  deleteRepositoryNotification,
  findRepositoryNotification,
  listRepositoryNotifications,
  resetRepositoryNotification,
  testRepositoryNotification,
} from '#/domain/notifications/index.ts';

const group = 'repositorynotification';
const listPath = '/repository/:repository/notification/';
const path = '/repository/:repository/notification/:uuid';
const listResource = 'endpoints.api.repositorynotification.RepositoryNotificationList';
const resource = 'endpoints.api.repositorynotification.RepositoryNotification';
const params = z.object({ repository: z.string(), uuid: z.string() });
const query = z.unknown();

/** REST reference 9.13. */
export const listRepoNotifications = apiRoute({
  operationId: 'listRepoNotifications',
  method: 'GET',
  path: listPath,
  group,
  resource: listResource,
  summary: 'Lists the notifications of a repository.',
  status: 200,
  access: repositoryAdmin,
  request: { params: params.omit({ uuid: true }), query, body: noBody },
  response: z.object({ notifications: z.array(notificationSchema) }),
  async handle({ granted: { repository, isWatching } }, { domain }) {
    const notifications = await listRepositoryNotifications(domain.database.read, repository.id);
    return { notifications: notifications.map((one) => notificationView(one, isWatching)) };
  },
});

export const createRepoNotification = apiRoute({
  operationId: 'createRepoNotification',
  method: 'POST',
  path: listPath,
  group,
  resource: listResource,
  summary: 'Creates a notification of a repository.',
  status: 201,
  access: repositoryAdmin,
  request: {
    params: params.omit({ uuid: true }),
    query,
    body: jsonBody(
      z.object({
        event: z.string(),
        method: z.string(),
        config: z.record(z.string(), z.unknown()),
        eventConfig: z.record(z.string(), z.unknown()),
        title: plainText.nullish(),
      }),
    ),
  },
  response: notificationSchema,
  async handle({ body, granted }, { domain }, request) {
    const notification = await createRepositoryNotification(domain, {
      repository: granted.repository,
      event: body.event,
      method: body.method,
      config: body.config,
      eventConfig: body.eventConfig,
      title: body.title ?? null,
      performer: performerOfCall(granted, request),
    });
    return notificationView(notification, false);
  },
});

export const getRepoNotification = apiRoute({
  operationId: 'getRepoNotification',
  method: 'GET',
  path,
  group,
  resource,
  summary: 'Shows a notification of a repository.',
  status: 200,
  access: repositoryAdmin,
  request: { params, query, body: noBody },
  response: notificationSchema,
  async handle({ params: { uuid }, granted: { repository, isWatching } }, { domain }) {
    const notification = await findRepositoryNotification(domain.database.read, repository.id, uuid);
    if (notification === undefined) throw new DomainError('not_found', 'Not Found');
    return notificationView(notification, isWatching);
  },
});

export const deleteRepoNotification = apiRoute({
  operationId: 'deleteRepoNotification',
  method: 'DELETE',
  path,
  group,
  resource,
  summary: 'Deletes a notification of a repository.',
  status: 204,
  access: repositoryAdmin,
  request: { params, query, body: noBody },
  response: z.null(),
  async handle({ params: { uuid }, granted }, { domain }, request) {
    const { repository } = granted;
    await deleteRepositoryNotification(domain, {
      repository,
      uuid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

export const resetRepositoryNotificationFailures = apiRoute({
  operationId: 'resetRepositoryNotificationFailures',
  method: 'POST',
  path,
  group,
  resource,
  summary: 'Lets a notification send again after too many failures.',
  status: 204,
  access: repositoryAdmin,
  request: { params, query, body: noBody },
  response: z.null(),
  async handle({ params: { uuid }, granted }, { domain }, request) {
    const { repository } = granted;
    await resetRepositoryNotification(domain, {
      repository,
      uuid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

export const testRepoNotification = apiRoute({
  operationId: 'testRepoNotification',
  method: 'POST',
  path: `${path}/test`,
  group,
  resource: 'endpoints.api.repositorynotification.TestRepositoryNotification',
  summary: 'Sends a made-up event to a notification of a repository.',
  status: 200,
  access: repositoryAdmin,
  request: { params, query, body: noBody },
  response: z.object({}),
  async handle({ params: { uuid }, granted: { repository } }, { domain }) {
    await testRepositoryNotification(domain, { repository, uuid });
    return {};
  },
});

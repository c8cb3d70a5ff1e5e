import type { ApiRoute } from '#/api/api-route.ts';
import {
  createRepoNotification,
  deleteRepoNotification,
  getRepoNotification,
  listRepoNotifications,
  resetRepositoryNotificationFailures,
  testRepoNotification,
} from '#/api/repository-notifications/repository-notifications.ts';

/** Notifications of repositories. */
export const repositoryNotificationRoutes: readonly ApiRoute[] = [
  listRepoNotifications,
  createRepoNotification,
  getRepoNotification,
  deleteRepoNotification,
  resetRepositoryNotificationFailures,
  testRepoNotification,
];

export { announce } from './announce.ts';
export { authorizeEmail, confirmAuthorizedEmail } from './authorize-email.ts';
export {
  deleteRepositoryNotification,
  resetRepositoryNotification,
} from './change-repository-notification.ts';
export { createRepositoryNotification } from './create-repository-notification.ts';
export type { DeliveryResult } from './deliver-event.ts';
export { deliverNotifications } from './deliver-notifications.ts';
export { findNotificationMethod } from './methods/all-methods.ts';
export { findRepositoryNotification, listRepositoryNotifications } from './queries.ts';
export { type AuthorizedEmail, findAuthorizedEmail } from './queries-emails.ts';
export type { RepositoryNotification } from './repository-notification.ts';
export { testRepositoryNotification } from './test-repository-notification.ts';

export { announceAssignment, retractAssignment } from './assignment-notices.ts';
export { cleanUserNotifications } from './clean-user-notifications.ts';
export { createUserNotification } from './create-user-notification.ts';
export { dismissUserNotification } from './dismiss-user-notification.ts';
export { findUserNotification, listUserNotifications } from './list-user-notifications.ts';
export { removeUserNotifications, removeUserNotificationsOfKind } from './queries.ts';
export type { UserNotification, UserNotificationKind } from './user-notification.ts';

import { DomainError } from '#/domain/errors.ts';
import {
  defineNotificationEvent,
  listed,
  type NotificationEvent,
  type NotificationLevel,
  textIn,
} from './define-notification-event.ts';

const repoPush = defineNotificationEvent({
  name: 'repo_push',
  level: 'primary',
  summary(repository, data) {
    const tags = listed(data, 'updated_tags');
    const which = tags.length === 0 ? '' : ` (${tags.join(', ')})`;
    return `Repository ${repository} has been updated${which}`;
  },
  sample: () => ({ updated_tags: ['latest', 'foo'], pruned_image_count: 3 }),
});

function mirrorEvent(name: string, level: NotificationLevel, verb: string): NotificationEvent {
  return defineNotificationEvent({
    name,
    level,
    summary(repository, data) {
      const message = textIn(data, 'message');
      return `The synchronisation of mirror ${repository} ${verb}${message === '' ? '' : `: ${message}`}`;
    },
    sample: () => ({ message: 'TEST NOTIFICATION' }),
  });
}

const repoImageExpiry = defineNotificationEvent({
  name: 'repo_image_expiry',
  level: 'info',
  checkConfig({ days }) {
    const isWhole = typeof days === 'number' || (typeof days === 'string' && /^[0-9]{1,6}$/.test(days));
    if (!isWhole || !Number.isInteger(Number(days)) || Number(days) < 1)
      throw new DomainError('invalid_request', 'days must be a whole number of at least 1.');
  },
  summary(repository, data) {
    return `Tags of repository ${repository} expire in ${textIn(data, 'expiring_in')}: ${listed(data, 'tags').join(', ')}`;
  },
  sample: () => ({ tags: ['latest', 'v1'], expiring_in: '1 days' }),
});

/** Events of pushes, mirrors and tags. */
export const repositoryEvents: readonly NotificationEvent[] = [
  repoPush,
  mirrorEvent('repo_mirror_sync_started', 'info', 'started'),
  mirrorEvent('repo_mirror_sync_success', 'success', 'succeeded'),
  mirrorEvent('repo_mirror_sync_failed', 'error', 'failed'),
  repoImageExpiry,
];

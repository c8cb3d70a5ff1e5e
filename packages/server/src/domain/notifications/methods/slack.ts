import { z } from 'zod';
import type { NotificationLevel } from '#/domain/notifications/events/define-notification-event.ts';
import { defineNotificationMethod } from './define-notification-method.ts';
import { checkUserUrl, postJson } from './post-json.ts';

const missingUrl = 'Missing Slack Callback URL';

const colors: Readonly<Record<NotificationLevel, string>> = {
  info: '#ffffff',
  warning: 'warning',
  error: 'danger',
  success: 'good',
  primary: 'good',
};

/** An incoming webhook of Slack, or of what understands its messages. */
export const slack = defineNotificationMethod({
  name: 'slack',
  config: z.object({
    url: z
      .string({ error: missingUrl })
      .min(1, { error: missingUrl })
      .max(2048, { error: 'The URL is too long.' }),
  }),
  async check(services, _repository, { url }) {
    checkUserUrl(services, url);
  },
  async deliver(services, { summary, level, homepage, repositoryName, notification }, { url }) {
    const body = {
      text: escapeText(notification.title ?? ''),
      username: 'quayiobot',
      attachments: [
        {
          fallback: escapeText(summary),
          text: `${escapeText(summary)} <${escapeText(homepage)}|${escapeText(repositoryName)}>`,
          color: colors[level],
          mrkdwn_in: ['text'],
        },
      ],
    };
    await postJson(services, { url, body: JSON.stringify(body) });
  },
});

/** The three characters that mean something in Slack's text, so that names make neither links nor mentions. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { isAuthorized } from '#/domain/notifications/queries-emails.ts';
import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import { type Delivery, defineNotificationMethod } from './define-notification-method.ts';

const missingAddress = 'Missing e-mail address';

/** Mail to an address whose reader agreed to it. */
export const email = defineNotificationMethod({
  name: 'email',
  config: z.object({
    email: z
      .string({ error: missingAddress })
      .min(1, { error: missingAddress })
      .max(255, { error: 'The e-mail address is too long.' }),
  }),
  async check({ database, settings }, repository, config) {
    if (settings.featureMailing !== true)
      throw new DomainError('invalid_request', 'This registry sends no mail.');
    if (await isAuthorized(database.read, repository.id, config.email)) return;
    throw new DomainError(
      'invalid_request',
      'The specified e-mail address is not authorized to receive notifications for this repository.',
    );
  },
  async deliver(services, delivery, config) {
    const { mailer, database } = services;
    if (mailer === undefined) throw new Error('this registry sends no mail');
    if (!(await isAuthorized(database.read, delivery.repository.id, config.email)))
      throw new Error('the address is no longer authorized');
    await mailer.send({ to: config.email, subject: delivery.summary, ...contentOf(services, delivery) });
  },
});

function contentOf(
  { settings }: Services,
  { summary, homepage, repositoryName, notification }: Delivery,
): { readonly text: string; readonly html: string } {
  const title = notification.title ?? '';
  const reason = `You get this mail because notifications${title === '' ? '' : ` "${title}"`} of ${repositoryName} are sent to this address.`;
  const sender = settings.notifications?.registryTitle ?? 'Wharf';
  const link = `<a href="${escapeHtml(homepage)}">${escapeHtml(homepage)}</a>`;
  return {
    text: `${summary}\n\n${homepage}\n\n-- \n${sender}\n${reason}\n`,
    html: `<p>${escapeHtml(summary)}</p><p>${link}</p><hr><p>${escapeHtml(sender)}<br><small>${escapeHtml(reason)}</small></p>`,
  };
}

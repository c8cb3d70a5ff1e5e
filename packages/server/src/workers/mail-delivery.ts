import { deliverAccountMails, type MailResult } from '#/domain/sign-in/index.ts';
import { secondMs, type Worker } from './worker.ts';

/** Hands waiting mails about accounts to the mail server; nodes share the work by claims. */
export function mailDelivery(options: { readonly onResult?: (result: MailResult) => void } = {}): Worker {
  return {
    name: 'mail-delivery',
    periodMs: 2 * secondMs,
    async run(services, signal) {
      await deliverAccountMails(services, { signal, ...options });
    },
  };
}

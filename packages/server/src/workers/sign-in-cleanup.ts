import { cleanEmailCodes, cleanSessions } from '#/domain/sign-in/index.ts';
import { hourMs, type Worker } from './worker.ts';

/** Removes sessions that expired, and codes of mails that nobody can use any more. Several nodes may do it at once. */
export function signInCleanup(): Worker {
  return {
    name: 'sign-in-cleanup',
    periodMs: hourMs,
    async run(services) {
      await cleanSessions(services);
      await cleanEmailCodes(services);
    },
  };
}

import { cleanEmailCodes, cleanSessions } from '#/domain/sign-in/index.ts';
import { cleanOauthGrants } from '#/domain/tokens/index.ts';
import { hourMs, type Worker } from './worker.ts';

/** Removes sessions and OAuth tokens that expired, and codes that nobody can use any more. Several nodes may do it at once. */
export function signInCleanup(): Worker {
  return {
    name: 'sign-in-cleanup',
    periodMs: hourMs,
    async run(services) {
      await cleanSessions(services);
      await cleanEmailCodes(services);
      await cleanOauthGrants(services);
    },
  };
}

import { cleanAppTokens } from '#/domain/tokens/index.ts';
import { hourMs, type Worker } from './worker.ts';

/** Removes app-specific tokens that expired longer than `graceSeconds` ago (`EXPIRED_APP_SPECIFIC_TOKEN_GC`). */
export function expiredAppTokens(options: { readonly graceSeconds: number }): Worker {
  return {
    name: 'expired-app-tokens',
    periodMs: hourMs,
    async run(services) {
      await cleanAppTokens(services, options.graceSeconds);
    },
  };
}

import { cleanServiceKeys, type ServiceKeyRetention } from '#/domain/service-keys/index.ts';
import { hourMs, type Worker } from './worker.ts';

/** Removes service keys that nobody approved in time and those that expired long ago, also of services that never come back. */
export function serviceKeyCleanup(options: { readonly retention: ServiceKeyRetention }): Worker {
  return {
    name: 'service-key-cleanup',
    periodMs: hourMs,
    async run(services, signal) {
      await cleanServiceKeys(services, { retention: options.retention, signal });
    },
  };
}

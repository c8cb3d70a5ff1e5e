import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import type { Services } from '#/domain/services.ts';
import { syncStaleTeams, type TeamSyncResult } from '#/domain/team-sync/index.ts';
import { secondMs, type Worker } from './worker.ts';

/** Lets teams follow the groups of the directory; nodes share the work by an optimistic lock. */
export function teamSync(options: {
  readonly periodSeconds: number;
  /** `TEAM_RESYNC_STALE_TIME` */
  readonly staleSeconds: number;
  /** Of the links to the directory, which has groups. */
  readonly service: string;
  /** Opened when there is something to do, and closed afterwards. */
  readonly openEngine: (services: Services) => AuthEngine;
  readonly onResult?: (result: TeamSyncResult) => void;
}): Worker {
  const { service, staleSeconds, onResult } = options;
  return {
    name: 'team-sync',
    periodMs: options.periodSeconds * secondMs,
    async run(services, signal) {
      let engine: AuthEngine | undefined;
      const openDirectory = () => {
        engine = options.openEngine(services);
        const { groups } = engine;
        if (groups === undefined) throw new Error(`the directory ${service} has no groups`);
        return { service, groups };
      };
      try {
        await syncStaleTeams(services, {
          service,
          staleSeconds,
          signal,
          openDirectory,
          ...(onResult === undefined ? {} : { onResult }),
        });
      } finally {
        await engine?.close?.();
      }
    },
  };
}

import type { Configuration } from '#/config/configuration.ts';

/** Where the registry will be found, without a slash at its end. */
export function addressOf({ server }: Configuration): string {
  return `${server.preferredUrlScheme}://${server.serverHostname ?? 'localhost'}`;
}

import { z } from 'zod';
import type { GrantedAccount } from '#/api/access.ts';
import type { ConfigurationAuthor, SavedConfiguration } from '#/api/configuration-control.ts';
import { performerOfCall } from '#/api/performer.ts';
import type { RequestContext } from '#/http/route.ts';

/** A whole configuration as JSON. */
export const configurationLimitBytes = 1024 ** 2;

export const configurationField = z.record(z.string(), z.unknown());

export const savedShape = {
  /** Of the saved configuration. */
  version: z.number(),
  now: z.array(z.string()),
  restart: z.array(z.string()),
  requires_restart: z.boolean(),
};

export function savedView({ version, now, restart }: SavedConfiguration) {
  return { version, now: [...now], restart: [...restart], requires_restart: restart.length > 0 };
}

export function authorOf(granted: GrantedAccount, request: RequestContext): ConfigurationAuthor {
  return { account: granted.account, performer: performerOfCall(granted, request) };
}

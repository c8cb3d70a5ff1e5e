import { z } from 'zod';
import { formatDate } from '#/api/shapes/dates.ts';
import type { Services } from '#/domain/services.ts';
import type { AppToken } from '#/domain/tokens/index.ts';

export const appTokenSchema = z.object({
  uuid: z.string(),
  title: z.string(),
  last_accessed: z.string().nullable(),
  created: z.string(),
  expiration: z.string().nullable(),
});

/** A token counts as expiring within this part of its life, or within four weeks where tokens have no end. */
const expiringPart = 0.1;
const expiringWithoutLifeSeconds = 4 * 7 * 24 * 3600;

/** A token without its code (REST reference 9.2). */
export function appTokenView(token: AppToken): z.infer<typeof appTokenSchema> {
  return {
    uuid: token.uuid,
    title: token.title,
    last_accessed: formatDate(token.lastAccessedMs),
    created: formatDate(token.createdMs),
    expiration: formatDate(token.expiresMs),
  };
}

/** Tokens that end at or before this instant count as expiring. */
export function expiringBeforeMs({ clock, settings }: Pick<Services, 'clock' | 'settings'>): number {
  const lifeSeconds = settings.appSpecificTokenExpirationSeconds;
  const soonSeconds = lifeSeconds === undefined ? expiringWithoutLifeSeconds : lifeSeconds * expiringPart;
  return clock.nowMs() + soonSeconds * 1000;
}

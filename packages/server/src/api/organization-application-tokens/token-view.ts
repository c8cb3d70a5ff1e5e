import { z } from 'zod';
import { formatIsoDate } from '#/api/shapes/dates.ts';
import type { ApplicationToken } from '#/domain/tokens/index.ts';

/** REST reference 9.5; `name` is null for a token that a person granted. */
export const tokenViewSchema = z.object({
  uuid: z.string(),
  name: z.string().nullable(),
  scope: z.string(),
  expires_at: z.string().nullable(),
  created: z.string().nullable(),
  created_by: z.string(),
  last_accessed: z.string().nullable(),
});

/** A bearer token of an application, without its secret. */
export function tokenView(token: Omit<ApplicationToken, 'id'>) {
  return {
    uuid: token.uuid,
    name: token.title,
    scope: token.scope,
    expires_at: formatIsoDate(token.expiresMs),
    created: formatIsoDate(token.createdMs),
    created_by: token.accountName,
    last_accessed: formatIsoDate(token.lastAccessedMs),
  };
}

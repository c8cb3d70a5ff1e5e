import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import type { Robot } from '#/domain/namespaces/index.ts';

/** REST reference 9.8, robot; the token is left out for those who may only read. */
export const robotViewSchema = z.object({
  name: z.string(),
  created: z.string(),
  last_accessed: z.string().nullable(),
  description: z.string(),
  token: z.string().optional(),
  unstructured_metadata: z.record(z.string(), z.unknown()).optional(),
});

/** A robot with its token and, unless told otherwise, its metadata. */
export function robotView(
  services: ApiServices,
  robot: Robot,
  show: { readonly token: boolean; readonly metadata: boolean },
): z.infer<typeof robotViewSchema> {
  const { account, description, token, unstructuredMetadata } = robot;
  return {
    name: account.name,
    created: formatDate(account.createdMs),
    last_accessed: lastAccess(services, account.lastAccessedMs),
    description,
    ...(show.token ? { token } : {}),
    ...(show.metadata ? { unstructured_metadata: unstructuredMetadata } : {}),
  };
}

/** Null unless `FEATURE_USER_LAST_ACCESSED` keeps it. */
export function lastAccess({ domain }: ApiServices, ms: number | null): string | null {
  return domain.settings.featureUserLastAccessed ? formatDate(ms) : null;
}

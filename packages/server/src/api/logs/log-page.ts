import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { accountAvatar, userEntity, userEntitySchema } from '#/api/shapes/entities.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import { type ListedEntry, type LogScope, type LogSelection, listActionLogs } from '#/domain/logs/index.ts';
import type { Period } from './log-query.ts';

/** Entries on one page (REST reference 6). */
const pageSize = 20;

const cursorSchema = z.object({ createdMs: z.number(), id: z.number(), page: z.number() });

const requestField = z.string().nullable().optional();

/** With `FEATURE_EXTENDED_ACTION_LOGGING` (REST reference H). */
const requestSchema = z.object({
  request_url: requestField,
  http_method: requestField,
  auth_type: requestField,
  user_agent: requestField,
  performer_kind: requestField,
  request_id: requestField,
  x_forwarded_for: requestField,
});

export const logPageSchema = z.object({
  start_time: z.string(),
  end_time: z.string(),
  logs: z.array(
    z.object({
      kind: z.string(),
      metadata: z.record(z.string(), z.unknown()),
      ...requestSchema.shape,
      ip: z.string().nullable(),
      datetime: z.string(),
      performer: userEntitySchema.optional(),
      namespace: z
        .object({ kind: z.enum(['org', 'user']), name: z.string(), avatar: avatarSchema })
        .optional(),
    }),
  ),
  next_page: z.string().optional(),
});

/** One page of the selected entries, newest first; `ACTION_LOG_MAX_PAGE` pages follow each other at most. */
export async function logPage(
  services: ApiServices,
  selection: LogSelection & Period,
  options: { readonly nextPage: string | undefined; readonly withNamespace?: true },
): Promise<z.infer<typeof logPageSchema>> {
  const tokens = pageTokensOf(services, `logs of ${scopeName(selection.scope)}`, cursorSchema);
  const before = tokens.open(options.nextPage);
  const page = (before?.page ?? 0) + 1;
  const { entries, next } = await listActionLogs(services.domain, { ...selection, before, limit: pageSize });
  const hasNext =
    next !== undefined && page < (services.settings.logMaximumPages ?? Number.POSITIVE_INFINITY);
  return {
    start_time: formatDate(selection.fromMs),
    end_time: formatDate(selection.untilMs),
    logs: entries.map((entry) => ({
      ...entryShape(entry),
      ...(options.withNamespace === true ? namespaceShape(entry) : {}),
    })),
    ...(hasNext ? { next_page: tokens.seal({ ...next, page }) } : {}),
  };
}

function scopeName(scope: LogScope): string {
  if (scope.kind === 'registry') return 'the registry';
  return scope.kind === 'namespace' ? `namespace ${scope.accountId}` : `repository ${scope.repositoryId}`;
}

function entryShape({ kind, metadata, request, ip, createdMs, performer }: ListedEntry) {
  return {
    kind,
    metadata,
    ...requestSchema.parse(request),
    ip,
    datetime: formatDate(createdMs),
    ...(performer === undefined ? {} : { performer: userEntity(performer) }),
  };
}

function namespaceShape({ namespace }: ListedEntry) {
  if (namespace === undefined) return {};
  const kind = namespace.kind === 'organization' ? ('org' as const) : ('user' as const);
  return { namespace: { kind, name: namespace.name, avatar: accountAvatar(namespace) } };
}

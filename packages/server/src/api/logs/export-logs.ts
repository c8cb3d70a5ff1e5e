import { z } from 'zod';
import type { GrantedCaller } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { requestLogExport } from '#/domain/log-export/index.ts';
import { performerOf } from '#/domain/logs/index.ts';
import { requestFacts } from '#/http/request-facts.ts';
import type { RequestContext } from '#/http/route.ts';
import type { Period } from './log-query.ts';

/** Where the end of an export is told: at least one of the two. */
export const exportBody = z.object({
  callback_url: z.string().nullish(),
  callback_email: z.string().nullish(),
});

export const exportSchema = z.object({ export_id: z.string() });

/** Queues an export of the log of a namespace, or of a repository in it. */
export async function exportLogs(
  { domain }: ApiServices,
  request: RequestContext,
  input: {
    readonly granted: GrantedCaller;
    readonly body: z.infer<typeof exportBody>;
    readonly period: Period;
    readonly namespace: { readonly id: number; readonly name: string };
    readonly repository?: { readonly id: number; readonly name: string };
  },
): Promise<z.infer<typeof exportSchema>> {
  const { granted, body, period, namespace, repository } = input;
  const exportId = await requestLogExport(domain, {
    ...period,
    namespace,
    ...(repository === undefined ? {} : { repository }),
    callbackUrl: body.callback_url || undefined,
    callbackEmail: body.callback_email || undefined,
    performer: performerOf(granted.principal, request.ip, requestFacts(request)),
    baseUrl: request.baseUrl,
  });
  return { export_id: exportId };
}

import { randomUUID } from 'node:crypto';
import { countAliveQueueItems, putQueueItem, queueName, queueNamesOf } from '#/domain/background/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import { checkEmail } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { OutboundRefusedError } from '#/platform/outbound-http.ts';
import { type ExportJob, formatDay } from './export-job.ts';

const attempts = 3;
/** Exports of one namespace that wait at the same time. */
const mostWaiting = 25;
const dayMs = 24 * 3600 * 1000;
const longestUrl = 2048;

export interface ExportRequest {
  readonly namespace: { readonly id: number; readonly name: string };
  /** Only entries of this repository. */
  readonly repository?: { readonly id: number; readonly name: string };
  /** Midnight, UTC, of the first day. */
  readonly fromMs: number;
  /** Midnight after the last day. */
  readonly untilMs: number;
  readonly callbackUrl: string | undefined;
  readonly callbackEmail: string | undefined;
  readonly performer: Performer;
  /** Of this registry, for the link. */
  readonly baseUrl: string;
}

/**
 * Queues an export of the action log; returns its id. Its end is told to the callback URL, the e-mail address, or both. Throws
 * `invalid_request`, `overloaded` while too many exports of the namespace wait.
 */
export async function requestLogExport(services: Services, request: ExportRequest): Promise<string> {
  const { namespace, repository, performer, callbackUrl, callbackEmail } = request;
  checkTargets(services, request);
  const name = queueName(queueNamesOf(services).logExport, namespace.name);
  if ((await countAliveQueueItems(services.database.read, name)) >= mostWaiting) {
    throw new DomainError('overloaded', 'Too many exports of this namespace wait; try again later.', {
      retryAfterSeconds: 60,
    });
  }
  const nowMs = services.clock.nowMs();
  const job: ExportJob = {
    export_id: randomUUID(),
    namespace_id: namespace.id,
    namespace_name: namespace.name,
    repository_id: repository?.id ?? null,
    repository_name: repository?.name ?? null,
    start_time: formatDay(request.fromMs),
    end_time: formatDay(request.untilMs - dayMs),
    callback_url: callbackUrl ?? null,
    callback_email: callbackEmail ?? null,
    performer_id: performer.accountId,
    ip: performer.ip,
    requested_ms: nowMs,
    base_url: request.baseUrl,
  };
  await services.database.transaction((db) =>
    putQueueItem(db, { name, body: job, nowMs, retries: attempts }),
  );
  return job.export_id;
}

function checkTargets(services: Services, request: ExportRequest): void {
  const { callbackUrl, callbackEmail } = request;
  if (request.untilMs <= request.fromMs) {
    throw new DomainError('invalid_request', 'The end of the period must not be before its start.');
  }
  if (callbackUrl === undefined && callbackEmail === undefined) {
    throw new DomainError('invalid_request', 'Give a callback_url or a callback_email.');
  }
  if (callbackEmail !== undefined) checkEmail(callbackEmail);
  if (callbackUrl === undefined) return;
  if (!/^https?:\/\//i.test(callbackUrl) || !URL.canParse(callbackUrl) || callbackUrl.length > longestUrl) {
    throw new DomainError('invalid_request', 'The callback_url must start with http:// or https://.');
  }
  try {
    services.outbound?.checkUrl(callbackUrl);
  } catch (error) {
    if (!(error instanceof OutboundRefusedError)) throw error;
    throw new DomainError('invalid_request', `The callback_url cannot be used: ${error.message}.`);
  }
}

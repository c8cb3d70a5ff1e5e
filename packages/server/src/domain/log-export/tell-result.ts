import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import type { ExportJob } from './export-job.ts';
import type { ExportResult, ExportStatus } from './export-result.ts';

const callbackLimitMs = 30_000;
const mostResponseBytes = 64 * 1024;

/** POSTs how an export ended to the callback URL of its job. Throws unless the answer is 200. */
export async function tellUrl(
  { outbound }: Services,
  job: ExportJob,
  url: string,
  result: ExportResult,
): Promise<void> {
  if (outbound === undefined) throw new Error('this process has no way out to callback URLs');
  const response = await outbound.request({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(callbackBody(job, result)),
    timeoutMs: callbackLimitMs,
    trust: 'user',
    maximumResponseBytes: mostResponseBytes,
    cutLongResponse: true,
  });
  if (response.status !== 200) throw new Error(`the callback URL answered ${response.status}`);
}

/** What the callback URL receives (storage reference 4.5). */
function callbackBody(job: ExportJob, { status, url }: ExportResult) {
  return {
    export_id: job.export_id,
    start_time: job.start_time,
    end_time: job.end_time,
    namespace: job.namespace_name,
    repository: job.repository_name,
    exported_data_url: url,
    status,
  };
}

const outcomes: Readonly<Record<ExportStatus, string>> = {
  success: 'is ready',
  failed: 'failed',
  timedout: 'took too long and was given up',
  invalidrequest: 'was not possible: its dates cannot be read',
};

/** Mails how an export ended. Throws when the mail could not be sent, or cannot at all. */
export async function tellMail(
  { mailer }: Services,
  job: ExportJob,
  to: string,
  { status, url }: ExportResult,
): Promise<void> {
  if (mailer === undefined) throw new Error('this registry sends no mail (FEATURE_MAILING)');
  const what =
    job.repository_name === null ? job.namespace_name : `${job.namespace_name}/${job.repository_name}`;
  const subject = `Export of the action log of ${what}`;
  const sentence = `The export of the action log of ${what} from ${job.start_time} to ${job.end_time} ${outcomes[status]}.`;
  const id = `Export id: ${job.export_id}`;
  await mailer.send({
    to,
    subject,
    text: [sentence, ...(url === null ? [] : [url]), id, ''].join('\n\n'),
    html: [
      `<p>${escapeHtml(sentence)}</p>`,
      ...(url === null ? [] : [`<p><a href="${escapeHtml(url)}">Download the export</a></p>`]),
      `<p>${escapeHtml(id)}</p>`,
    ].join('\n'),
  });
}

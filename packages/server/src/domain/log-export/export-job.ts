import type { ExportResult } from './export-result.ts';

/** What an item of the queue holds: Quay's fields, and what is needed to tell about the end. */
export interface ExportJob {
  readonly export_id: string;
  readonly namespace_id: number;
  readonly namespace_name: string;
  readonly repository_id: number | null;
  readonly repository_name: string | null;
  /** `MM/DD/YYYY`; the last day belongs to it. */
  readonly start_time: string;
  readonly end_time: string;
  readonly callback_url: string | null;
  readonly callback_email: string | null;
  /** Who asked, and from where. */
  readonly performer_id: number | null;
  readonly ip: string | null;
  readonly requested_ms: number;
  /** Of this registry, as the caller knows it. */
  readonly base_url: string;
  /** Set once the export has ended one way or the other: what is left is to tell. */
  readonly result?: ExportResult;
  /** The callback took the result. */
  readonly url_told?: boolean;
  /** How often telling failed. */
  readonly failures?: number;
}

const dayMs = 24 * 3600 * 1000;

/** The body of an item; undefined for one that was not written here. */
export function findExportJob(body: string): ExportJob | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJob(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isJob(value: unknown): value is ExportJob {
  return (
    typeof value === 'object' &&
    value !== null &&
    'export_id' in value &&
    typeof value.export_id === 'string' &&
    'namespace_id' in value &&
    typeof value.namespace_id === 'number' &&
    'base_url' in value &&
    typeof value.base_url === 'string'
  );
}

/** `MM/DD/YYYY`, in UTC. */
export function formatDay(ms: number): string {
  const [year, month, day] = new Date(ms).toISOString().slice(0, 10).split('-');
  return `${month}/${day}/${year}`;
}

/** The period of a job; undefined when its dates cannot be read. */
export function findPeriod(
  job: ExportJob,
): { readonly fromMs: number; readonly untilMs: number } | undefined {
  const [fromMs, lastMs] = [findDay(job.start_time), findDay(job.end_time)];
  if (fromMs === undefined || lastMs === undefined || lastMs < fromMs) return undefined;
  return { fromMs, untilMs: lastMs + dayMs };
}

function findDay(text: unknown): number | undefined {
  const parts = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(String(text));
  if (parts === null) return undefined;
  const ms = Date.parse(`${parts[3]}-${parts[1]}-${parts[2]}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** How an export ended; Quay's words. */
export type ExportStatus = 'success' | 'failed' | 'timedout' | 'invalidrequest';

export interface ExportResult {
  readonly status: ExportStatus;
  /** Where the export can be fetched; null without success. */
  readonly url: string | null;
}

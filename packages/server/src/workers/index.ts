export { blobDeletion } from './blob-deletion.ts';
export { blobLinkExpiry } from './blob-link-expiry.ts';
export { blobUploadCleanup } from './blob-upload-cleanup.ts';
export { instanceKeyRefresh } from './instance-key-refresh.ts';
export { queueCleanup } from './queue-cleanup.ts';
export { type RunningWorkers, startWorkers } from './start-workers.ts';
export type { Worker } from './worker.ts';

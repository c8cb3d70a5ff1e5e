export { type AppendChunkInput, appendChunk } from './append-chunk.ts';
export { cancelUpload } from './cancel-upload.ts';
export { cleanUploads } from './clean-uploads.ts';
export { type CommitUploadInput, commitUpload } from './commit-upload.ts';
export { getUpload } from './get-upload.ts';
export { observeUploads, type UploadObserver } from './observe-uploads.ts';
export { startUpload } from './start-upload.ts';
export type { BodyPlacement, Upload } from './upload.ts';
export { uploadBlob } from './upload-blob.ts';

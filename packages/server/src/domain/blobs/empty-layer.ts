/** The gzipped empty tar that schema 1 images name without ever uploading it, exactly as Docker wrote it. */
export const emptyLayerBytes = Buffer.from(
  '1f8b080000096e8800ff621805a360148c5800080000ffff2eafb5ef00040000',
  'hex',
);

/** What a metrics registry may count; every member is optional and must not throw. */
export interface UploadObserver {
  readonly started?: () => void;
  /** Bytes of one body that are durable. */
  readonly received?: (bytes: number) => void;
  /** `stored` is false when the store held the object already. */
  readonly committed?: (blob: { readonly sizeBytes: number; readonly stored: boolean }) => void;
  readonly cancelled?: (reason: 'client' | 'digest' | 'size' | 'stale') => void;
  /** Bytes that had to be read back for a digest. */
  readonly reread?: (bytes: number) => void;
}

const observers = new Set<UploadObserver>();

/** Tells the observer of every upload of this process; returns the function that ends it. */
export function observeUploads(observer: UploadObserver): () => void {
  observers.add(observer);
  return () => observers.delete(observer);
}

export function notifyObservers(tell: (observer: UploadObserver) => void): void {
  for (const observer of observers) tell(observer);
}

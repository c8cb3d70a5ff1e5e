/**
 * What one part of the process tells the others at once. Events are hints for caches and live views: each consumer must be
 * right without them after its own time limit.
 */
export type PlatformEvent =
  /** Rights, credentials or enabled state of somebody changed: cached authority must be dropped. */
  | { readonly kind: 'authority-changed' }
  /** Tags or manifests of one repository changed. */
  | { readonly kind: 'repository-changed'; readonly repositoryId: number }
  /** The set of service keys changed. */
  | { readonly kind: 'service-keys-changed' }
  /** A version of the configuration was saved, or the directory of a node was written. */
  | { readonly kind: 'configuration-changed' };

export interface EventBus {
  /** Tells local subscribers before it returns, and hands the event to other processes in the background. */
  publish(event: PlatformEvent): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** A bus that also takes what other processes tell: `deliver` reaches the subscribers here and is not forwarded. */
export interface ConnectedEventBus extends EventBus {
  deliver(event: PlatformEvent): void;
}

/** The event in a message of another process, or undefined for anything that is none. */
export function findPlatformEvent(value: unknown): PlatformEvent | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  switch (value.kind) {
    case 'authority-changed':
    case 'service-keys-changed':
    case 'configuration-changed':
      return { kind: value.kind };
    case 'repository-changed':
      return 'repositoryId' in value && typeof value.repositoryId === 'number'
        ? { kind: value.kind, repositoryId: value.repositoryId }
        : undefined;
    default:
      return undefined;
  }
}

/** Events inside one process; `forward` carries a local event to other processes. */
export function createEventBus(forward?: (event: PlatformEvent) => void): ConnectedEventBus {
  const listeners = new Set<(event: PlatformEvent) => void>();
  const deliver = (event: PlatformEvent): void => {
    for (const listener of listeners) listener(event);
  };
  return {
    deliver,
    publish(event) {
      deliver(event);
      forward?.(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

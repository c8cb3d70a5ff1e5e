import type { ImageConfig } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';

/**
 * The history of a Docker image must explain each of its layers once (registry protocol A8.3). Builders that write no history at
 * all are let through: their images can be pulled, only not converted for old clients.
 */
export function checkHistory(layerCount: number, config: ImageConfig): void {
  if (config.history.length === 0) return;
  const explained = config.history.filter(({ emptyLayer }) => !emptyLayer).length;
  if (explained === layerCount) return;
  throw new DomainError(
    'manifest_invalid',
    `The history of the image configuration explains ${explained} layers, but the manifest has ${layerCount}.`,
  );
}

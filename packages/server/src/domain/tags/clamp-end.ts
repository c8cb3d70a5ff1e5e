import type { Services } from '#/domain/services.ts';

const hourSeconds = 3600;
const weekSeconds = 7 * 24 * hourSeconds;

/** `LABELED_EXPIRATION_MINIMUM` and `LABELED_EXPIRATION_MAXIMUM` where the configuration says nothing. */
const defaults = { minimumSeconds: hourSeconds, maximumSeconds: 104 * weekSeconds };

/**
 * An end of a tag within the bounds, which count from its start (data model 8.1.7); of a tag that is older than the longest life, from
 * now, so that asking for a later end never ends a tag at once.
 */
export function clampEnd(
  { settings }: Pick<Services, 'settings'>,
  tag: { readonly startMs: number; readonly endMs: number; readonly nowMs: number },
): number {
  const { minimumSeconds, maximumSeconds } = settings.labeledExpiration ?? defaults;
  const leastMs = tag.startMs + minimumSeconds * 1000;
  const mostMs = tag.startMs + maximumSeconds * 1000;
  const boundMs = mostMs > tag.nowMs ? mostMs : tag.nowMs + maximumSeconds * 1000;
  return Math.max(leastMs, Math.min(tag.endMs, boundMs));
}

import { OciParseError } from './parse-error.ts';

const secondsByUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const durationPattern = /^([0-9]{1,15})([smhdw])$/;

/**
 * Seconds of a duration such as `2w` (a whole number and one of s, m, h, d, w; m is minutes); undefined if it
 * is none.
 */
export function findDurationSeconds(text: string): number | undefined {
  const match = durationPattern.exec(text);
  const factor = secondsByUnit[match?.[2] ?? ''];
  if (match === null || factor === undefined) return undefined;
  const seconds = Number(match[1]) * factor;
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** As findDurationSeconds, but throws OciParseError `duration_invalid`. */
export function parseDurationSeconds(text: string): number {
  const seconds = findDurationSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new OciParseError(
    'duration_invalid',
    'A duration must be a whole number and one of s, m, h, d, w, for example 2w.',
  );
}

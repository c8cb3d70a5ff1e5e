import { z } from 'zod';

const falseWords: ReadonlySet<string> = new Set(['false', 'False', 'FALSE', '0', '', 'null']);

/** A boolean of the query: a few words are false, everything else is true (REST reference 1). */
export function booleanQuery(fallback: boolean) {
  return z
    .string()
    .optional()
    .transform((text) => (text === undefined ? fallback : !falseWords.has(text)))
    .meta({ stands_for: 'boolean' });
}

/** A whole number of the query between two bounds, which are clipped; text that is no number is refused. */
export function integerQuery(options: {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
}) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .optional()
    .transform((text) =>
      text === undefined ? options.fallback : Math.min(options.most, Math.max(options.least, Number(text))),
    )
    .meta({ stands_for: 'integer' });
}

import { z } from 'zod';

/** How one value is read: `schema` parses the raw YAML value, and its messages say what would have been accepted. */
export interface ValueType<T> {
  readonly schema: z.ZodType<T>;
  /** Name of the type in the documentation. */
  readonly label: string;
  /** For objects with known sub-keys: their exact names. */
  readonly fields?: readonly string[];
}

const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const bytesOfUnit: Readonly<Record<string, number>> = { M: 1024 ** 2, G: 1024 ** 3 };

/** YAML reads an unquoted 0123 or 12345 as a number; where text is meant, Quay sees the decimal digits of that number. */
function numberToText(raw: unknown): unknown {
  return typeof raw === 'number' || typeof raw === 'bigint' ? String(raw) : raw;
}

/** Forms have always stored numbers as text of digits too. */
function textToNumber(raw: unknown): unknown {
  return typeof raw === 'string' && /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(raw) ? Number(raw) : raw;
}

function textOf(expected: string, accept: (value: string) => boolean): z.ZodType<string> {
  return z.preprocess(
    numberToText,
    z.string({ error: expected }).refine((value) => accept(value), { error: expected }),
  );
}

export const boolean: ValueType<boolean> = {
  schema: z.boolean({ error: 'true or false' }),
  label: 'boolean',
};

export const text: ValueType<string> = {
  schema: textOf('a text', () => true),
  label: 'string',
};

export const nonEmptyText: ValueType<string> = {
  schema: textOf('a text that is not empty', (value) => value !== ''),
  label: 'string',
};

/** A text of a given form; `expected` completes "expected: ...". */
export function pattern(regex: RegExp, expected: string): ValueType<string> {
  return { schema: textOf(expected, (value) => regex.test(value)), label: 'string' };
}

/** A whole number from `minimum` to `maximum`, both allowed. */
export function integer(minimum = 0, maximum = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const error = `a whole number ${range}`;
  return {
    schema: z.preprocess(textToNumber, z.int({ error }).min(minimum, { error }).max(maximum, { error })),
    label: 'integer',
  };
}

/** Any number from `minimum` to `maximum`, both allowed. */
export function decimal(minimum = 0, maximum = Number.MAX_VALUE): ValueType<number> {
  const error =
    maximum === Number.MAX_VALUE
      ? `a number of at least ${minimum}`
      : `a number from ${minimum} to ${maximum}`;
  return {
    schema: z.preprocess(textToNumber, z.number({ error }).min(minimum, { error }).max(maximum, { error })),
    label: 'number',
  };
}

/** One of a few words, compared exactly. */
export function choice<const T extends string>(...values: readonly [T, ...T[]]): ValueType<T> {
  return { schema: z.enum(values, { error: `one of ${values.join(', ')}` }), label: values.join(' \\| ') };
}

/** `30m`, `2w`: a number and one of w, d, h, m (minutes), s. Parsed to seconds. */
export const duration: ValueType<number> = {
  schema: z
    .string({ error: 'a duration such as 30m, 12h or 2w (m is minutes)' })
    .regex(/^[0-9]{1,9}[wdhms]$/, { error: 'a duration such as 30m, 12h or 2w (m is minutes)' })
    .transform((value) => Number(value.slice(0, -1)) * (secondsOfUnit[value.slice(-1)] ?? 1)),
  label: 'duration',
};

/** `20G`, `500M`, powers of 1024. Parsed to bytes. */
export const size: ValueType<number> = {
  schema: z
    .string({ error: 'a size such as 500M or 20G' })
    .regex(/^[0-9]{1,6}[GM]$/, { error: 'a size such as 500M or 20G' })
    .transform((value) => Number(value.slice(0, -1)) * (bytesOfUnit[value.slice(-1)] ?? 1)),
  label: 'size',
};

export const httpUrl: ValueType<string> = pattern(
  /^https?:\/\/[^\s/]+/,
  'a URL that starts with http:// or https://',
);

/** A URL; forms save what nobody filled in as an empty text. */
export const optionalHttpUrl: ValueType<string> = pattern(
  /^(?:https?:\/\/[^\s/]+.*)?$/,
  'a URL that starts with http:// or https://',
);

/** A list whose items all have one type. */
export function listOf<T>(item: ValueType<T>): ValueType<T[]> {
  return { schema: z.array(item.schema, { error: 'a list' }), label: `list of ${item.label}` };
}

export const textList: ValueType<string[]> = listOf(nonEmptyText);

/** An object whose content is not looked at. */
export const object: ValueType<Record<string, unknown>> = {
  schema: z.record(z.string(), z.unknown(), { error: 'an object of keys and values' }),
  label: 'object',
};

/** Accepted as it is, where a key has several shapes. */
export const anything: ValueType<unknown> = { schema: z.unknown(), label: 'any' };

/** A list or a single text, which then counts as a list of one. */
export const textOrList: ValueType<string[]> = {
  schema: z.preprocess((raw) => (typeof raw === 'string' ? [raw] : raw), textList.schema),
  label: 'string or list of string',
};

type Fields = Readonly<Record<string, { readonly type: ValueType<unknown>; readonly required?: true }>>;

/** An object whose named sub-keys are checked; other sub-keys pass untouched, and null counts as absent. */
export function shape(fields: Fields): ValueType<Record<string, unknown>> {
  const entries: Record<string, z.ZodType> = {};
  for (const [name, field] of Object.entries(fields)) {
    const { schema, label } = field.type;
    entries[name] =
      field.required === true
        ? z
            .unknown()
            .refine((raw): boolean => raw !== undefined && raw !== null, {
              error: `a value: ${label}`,
              abort: true,
            })
            .pipe(schema)
        : schema.nullish();
  }
  return {
    schema: z
      .looseObject(entries, { error: 'an object of keys and values' })
      .transform((value) => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))),
    label: 'object',
    fields: Object.keys(fields),
  };
}

export const required = <T>(type: ValueType<T>): { type: ValueType<T>; required: true } => ({
  type,
  required: true,
});
export const optional = <T>(type: ValueType<T>): { type: ValueType<T> } => ({ type });

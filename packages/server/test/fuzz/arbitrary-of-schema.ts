import fc from 'fast-check';
import type { JsonSchema } from '#/api/discovery/describe-schema.ts';

/** Texts that parsers, databases and pages trip over. */
const hostileTexts = [
  '',
  ' ',
  '\u0000',
  '../../etc/passwd',
  "' or 1=1 --",
  '<script>alert(1)</script>',
  '%',
  '_',
  '%2e%2e%2f',
  'a'.repeat(300),
  '\ud83d\ude00',
  '\ud800',
  'İ',
  '-1',
  '9'.repeat(30),
  'null',
  'true',
  '{}',
  '[]',
  '$(id)',
  'user+robot',
  '01/31/2026',
  'sha256:'.padEnd(71, 'a'),
] as const;

const anyText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'grapheme', maxLength: 40 }));
const anyNumber = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 0.5));

/** Any JSON value, now and then in place of what was asked for. */
const anyValue = fc.oneof(anyText, anyNumber, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));

/** Values of a JSON schema, most of them right, and some of them not. */
export function arbitraryOfSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(schema), weight: 9 }, { arbitrary: anyValue, weight: 1 });
}

function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  const alternatives = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(fitting));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  switch (schema.type) {
    case 'string':
      return anyText;
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer());
    case 'number':
      return anyNumber;
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOfSchema((schema.items ?? {}) as JsonSchema), { maxLength: 4 });
    case 'object':
      return objectOf(schema);
    default:
      return anyValue;
  }
}

function objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, arbitraryOfSchema(property)]),
  );
  const required = ((schema.required ?? []) as string[]).filter((name) => name in members);
  return fc.record(members, { requiredKeys: required });
}

/** Text of a path or query: what a schema of JSON says, as text. */
export const arbitraryText = anyText;

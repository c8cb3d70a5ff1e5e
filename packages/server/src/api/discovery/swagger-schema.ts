import type { JsonSchema } from '#/api/discovery/describe-schema.ts';

const kept: ReadonlySet<string> = new Set([
  'type',
  'format',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
  'required',
  'description',
  'default',
]);

/** The same as far as Swagger 2 can say it: it knows neither alternatives nor null, so that those are left open. */
export function toSwaggerSchema(schema: JsonSchema): JsonSchema {
  const alternatives = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (alternatives !== undefined) {
    const others = alternatives.filter(({ type }) => type !== 'null');
    const [only] = others;
    if (others.length !== 1 || only === undefined)
      return { 'x-nullable': others.length < alternatives.length };
    const described = toSwaggerSchema(only);
    return others.length < alternatives.length ? { ...described, 'x-nullable': true } : described;
  }
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (kept.has(key)) result[key] = value;
  }
  if (schema.const !== undefined) result.enum = [schema.const];
  if (schema.type === 'null') return { 'x-nullable': true };
  if (Array.isArray(schema.type)) {
    const types: readonly unknown[] = schema.type;
    const others = types.filter((type) => type !== 'null');
    delete result.type;
    if (others.length === 1) result.type = others[0];
    if (others.length < types.length) result['x-nullable'] = true;
  }
  if (schema.items !== undefined) result.items = toSwaggerSchema(schema.items as JsonSchema);
  if (schema.type === 'array' && result.items === undefined) result.items = {};
  const properties = schema.properties as Record<string, JsonSchema> | undefined;
  if (properties !== undefined) {
    result.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, toSwaggerSchema(property)]),
    );
  }
  const more = schema.additionalProperties;
  if (typeof more === 'object' && more !== null) {
    result.additionalProperties = toSwaggerSchema(more as JsonSchema);
  }
  if (Array.isArray(result.required) && result.required.length === 0) delete result.required;
  return result;
}

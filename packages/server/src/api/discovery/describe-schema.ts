import { z } from 'zod';

/** A schema in the words of JSON Schema, as far as documents need it. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What a client sends (`input`) or gets (`output`); what JSON Schema cannot say is left open. */
export function describeSchema(schema: z.ZodType, direction: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
    io: direction,
    unrepresentable: 'any',
    reused: 'inline',
  }) as Record<string, unknown>;
  return described;
}

export interface DescribedParameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** The members of an object schema, one for each parameter; none for a schema that takes anything. */
export function describeParameters(schema: z.ZodType): DescribedParameter[] {
  const { properties, required } = describeSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties ?? {}).map(([name, property]) => {
    // Values of a query arrive as text; what they stand for was noted with the schema.
    const { stands_for: type, default: fallback, ...rest } = property;
    const described = typeof type === 'string' ? { type } : rest;
    return {
      name,
      required: required?.includes(name) === true && fallback === undefined,
      schema: Object.keys(described).length === 0 ? { type: 'string' } : described,
    };
  });
}

import { z } from 'zod';
import { checkNames, findKey } from '#/config/check-values.ts';
import { allKeys, type RawValues } from '#/config/effective-values.ts';
import { maskDeep } from '#/config/mask-value.ts';

/** The running configuration for superusers: nothing in it is secret (REST reference A.3). */
export interface ConfigurationDescription {
  /** Every key that counts, given or by default. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What is wrong with the names of keys. */
  readonly warning: Readonly<Record<string, string>>;
  /** The variables of the environment that Wharf reads. */
  readonly env: Readonly<Record<string, unknown>>;
  /** JSON Schema of all keys. */
  readonly schema: Readonly<Record<string, unknown>>;
}

const mask = '***';
const readVariables =
  /^(?:QUAY_[A-Z_]+|WHARF_[A-Z_]+|WORKER_COUNT(?:_[A-Z]+)?|DB_CONNECTION_POOLING|DEBUGLOG|IGNORE_VALIDATION|(?:HTTPS?|NO)_PROXY)$/i;

/** Describes values with every secret masked; a key or variable of unknown meaning is masked whole. */
export function describeConfiguration(
  values: RawValues,
  env: Readonly<Record<string, string | undefined>>,
): ConfigurationDescription {
  const warnings = checkNames(values).filter(({ severity }) => severity === 'warning');
  return {
    config: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        findKey(name) === undefined ? mask : maskDeep(name, value),
      ]),
    ),
    warning: Object.fromEntries(warnings.map(({ key, message }) => [key, message])),
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        readVariables.test(name) && value !== undefined ? [[name, maskVariable(name, value)]] : [],
      ),
    ),
    schema: describeKeys(),
  };
}

/** A whole configuration in a variable is shown as part of `config`. */
function maskVariable(name: string, value: string): unknown {
  return name.toUpperCase() === 'QUAY_OVERRIDE_CONFIG' ? mask : maskDeep(name, value);
}

function describeKeys(): Readonly<Record<string, unknown>> {
  const properties = [...allKeys].map(([name, { type, summary }]) => {
    const { $schema: _dialect, ...described } = z.toJSONSchema(type.schema, {
      io: 'input',
      unrepresentable: 'any',
      reused: 'inline',
    });
    return [name, { ...described, description: summary }] as const;
  });
  return { type: 'object', properties: Object.fromEntries(properties) };
}

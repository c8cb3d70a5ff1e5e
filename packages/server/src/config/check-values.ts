import type { ParsedSections } from '#/config/configuration.ts';
import type { DefaultContext, KeyDefinition } from '#/config/key.ts';
import { knownKeyGroups } from '#/config/known-keys.ts';
import { loginProviderKey, loginProviderPattern } from '#/config/login-provider.ts';
import { maskValue } from '#/config/mask-value.ts';
import { nearestName } from '#/config/nearest-name.ts';
import type { Problem } from '#/config/problem.ts';
import { sections } from '#/config/sections/sections.ts';

type Values = Readonly<Record<string, unknown>>;

const typed = new Map<string, KeyDefinition>(
  Object.values(sections).flatMap((section) =>
    Object.values(section.keys).map((key) => [key.name, key] as const),
  ),
);
const known = new Map<string, KeyDefinition>(
  knownKeyGroups.flatMap((group) => group.keys.map((key) => [key.name, key] as const)),
);
// Sub-keys that the Quay 2.9 guide prints in lower case as if they stood at the top.
const subKeyOwners = new Map<string, string>(
  [...typed.values(), ...known.values()].flatMap((key) =>
    (key.type.fields ?? []).map((field) => [field.toUpperCase(), `${key.name}.${field}`] as const),
  ),
);

/** The definition of a top-level key, or undefined for an unknown name. */
export function findKey(name: string): KeyDefinition | undefined {
  return (
    typed.get(name) ??
    known.get(name) ??
    (loginProviderPattern.test(name) ? loginProviderKey(name) : undefined)
  );
}

/** Quay takes only keys without a lower-case letter. */
export function isConfigurationKey(name: string): boolean {
  return /[A-Z]/.test(name) && name === name.toUpperCase();
}

/** A feature that does not exist yet is off already. */
function isSwitchedOff(name: string, value: unknown): boolean {
  return name.startsWith('FEATURE_') && value === false;
}

/** Problems with the names of keys, whatever their values. */
export function checkNames(values: Values): Problem[] {
  const problems: Problem[] = [];
  for (const name of Object.keys(values)) {
    const upper = name.toUpperCase();
    if (!isConfigurationKey(name)) {
      const meant = findKey(upper) === undefined ? subKeyOwners.get(upper) : upper;
      problems.push({
        severity: 'warning',
        key: name,
        ...(meant === undefined ? {} : { expected: meant }),
        message:
          meant === undefined
            ? 'is ignored: only keys in upper case count'
            : `is ignored: the key is spelled ${meant}`,
      });
    } else if (findKey(name) === undefined) {
      const nearest = nearestName(name, [...typed.keys(), ...known.keys()]);
      problems.push({
        severity: 'warning',
        key: name,
        ...(nearest === undefined ? {} : { expected: nearest }),
        message: nearest === undefined ? 'is an unknown key' : `is an unknown key; did you mean ${nearest}?`,
      });
    } else if (
      findKey(name)?.honoured === false &&
      !isSwitchedOff(name, values[name]) &&
      !isLeftEmpty(values[name])
    ) {
      problems.push({ severity: 'info', key: name, message: 'is known, but has no effect yet' });
    }
  }
  return problems;
}

/** Renames sub-keys in the wrong case, which the Quay 2.9 guide itself prints, to their true names. */
function correctSubKeys(key: KeyDefinition, value: unknown, problems: Problem[]): unknown {
  const fields = key.type.fields;
  if (fields === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  const corrected: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    const field = fields.includes(name)
      ? name
      : fields.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (field !== undefined && field !== name) {
      problems.push({
        severity: 'warning',
        key: `${key.name}.${name}`,
        expected: field,
        message: `is read as ${field}, its true spelling`,
      });
      if (Object.hasOwn(value, field)) continue;
    }
    corrected.push([field ?? name, item]);
  }
  return Object.fromEntries(corrected);
}

function pathText(name: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    name,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = Object.getOwnPropertyDescriptor(current, part)?.value;
  }
  return current;
}

/** The parsed value of one key, its default when absent or wrong; problems are added to the list. */
function parseKey(key: KeyDefinition, values: Values, context: DefaultContext, problems: Problem[]): unknown {
  const given = Object.hasOwn(values, key.name) ? values[key.name] : undefined;
  if (given === null && key.nullable) return undefined;
  if (given !== undefined && given !== null) {
    const raw = correctSubKeys(key, given, problems);
    const parsed = key.type.schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const path = pathText(key.name, issue.path);
      const found = valueAt(raw, issue.path);
      problems.push({
        severity: 'error',
        key: path,
        ...(found === undefined ? {} : { value: maskValue(path, found) }),
        expected: issue.message,
        message: found === undefined ? 'is missing' : 'has a wrong value',
      });
    }
  }
  const fallback = key.defaultRaw(context);
  return fallback === undefined ? undefined : key.type.schema.parse(fallback);
}

/** Forms save an empty object or text for what was never filled in. */
function isLeftEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Parses every key; wrong values become problems and count as absent. */
export function parseValues(
  values: Values,
  context: DefaultContext,
): { parsed: ParsedSections; problems: Problem[] } {
  const problems: Problem[] = [];
  const parsed = Object.fromEntries(
    Object.entries(sections).map(([sectionName, section]) => [
      sectionName,
      Object.fromEntries(
        Object.entries(section.keys).map(([name, key]) => [name, parseKey(key, values, context, problems)]),
      ),
    ]),
  );
  for (const name of Object.keys(values)) {
    if (!isConfigurationKey(name) || typed.has(name)) continue;
    const key = findKey(name);
    if (key !== undefined && !isLeftEmpty(values[name])) parseKey(key, values, context, problems);
  }
  return { parsed: parsed as unknown as ParsedSections, problems };
}

import { isDeepStrictEqual } from 'node:util';
import { findKey } from '#/config/check-values.ts';
import type { RawValues } from '#/config/effective-values.ts';
import { maskDeep } from '#/config/mask-value.ts';

const mask = '***';

/** Values without anything secret, to show; a key that was masked comes back unchanged through `unmaskValues`. */
export function maskValues(values: RawValues): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, maskKey(name, value)]));
}

/** The value of a key without anything secret; that of an unknown key is masked whole. */
export function maskKey(name: string, value: unknown): unknown {
  return findKey(name) === undefined ? mask : maskDeep(name, value);
}

/**
 * Values that were shown masked and changed elsewhere, with the secrets put back from `current`; `unresolved` names places where a
 * masked secret stands that has no counterpart any more.
 */
export function unmaskValues(
  values: RawValues,
  current: RawValues,
): { readonly values: Record<string, unknown>; readonly unresolved: readonly string[] } {
  const unresolved: string[] = [];
  const entries = Object.entries(values).map(([name, value]) => {
    if (!Object.hasOwn(current, name)) return [name, unmask(name, value, undefined, unresolved)];
    const isShown = isDeepStrictEqual(value, maskKey(name, current[name]));
    return [name, isShown ? current[name] : unmask(name, value, current[name], unresolved)];
  });
  return { values: Object.fromEntries(entries), unresolved };
}

function unmask(path: string, value: unknown, current: unknown, unresolved: string[]): unknown {
  if (current !== undefined && isDeepStrictEqual(value, maskDeep(path, current))) return current;
  if (typeof value === 'string') {
    if (value.includes(mask)) unresolved.push(path);
    return value;
  }
  if (Array.isArray(value)) {
    const known: readonly unknown[] = Array.isArray(current) ? current : [];
    return value.map((item, index) =>
      unmask(`${path}[${index}]`, item, counterpart(path, item, index, known), unresolved),
    );
  }
  if (typeof value === 'object' && value !== null) {
    const known = isValues(current) ? current : {};
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        unmask(`${path}.${name}`, item, Object.hasOwn(known, name) ? known[name] : undefined, unresolved),
      ]),
    );
  }
  return value;
}

/** Of an entry of a list that may have moved: the one that looks the same, else the one in its place. */
function counterpart(path: string, item: unknown, index: number, known: readonly unknown[]): unknown {
  const same = known.find((entry, place) => isDeepStrictEqual(maskDeep(`${path}[${place}]`, entry), item));
  return same ?? known[index];
}

function isValues(value: unknown): value is RawValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

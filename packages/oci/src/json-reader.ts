import type { Digest } from './brands.ts';
import { parseDigest } from './digest.ts';
import { isJsonObject, type JsonObject, ownProperty } from './json.ts';
import { isMediaType } from './media-types.ts';
import { OciParseError } from './parse-error.ts';

const mostEntries = 10_000;

/** The error of a manifest field; `path` names the field as in `layers[3].digest`. */
export function manifestError(path: string, expected: string): OciParseError {
  return new OciParseError('manifest_invalid', `${path}: ${expected}`);
}

export function readString(object: JsonObject, key: string, path: string): string {
  const value = findString(object, key, path);
  if (value === undefined) throw manifestError(path, 'a string is required.');
  return value;
}

/** Absent, null and undefined are the same: undefined. */
export function findString(object: JsonObject, key: string, path: string): string | undefined {
  const value = ownProperty(object, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw manifestError(path, 'must be a string.');
  return value;
}

export function readObject(object: JsonObject, key: string, path: string): JsonObject {
  const value = findObject(object, key, path);
  if (value === undefined) throw manifestError(path, 'an object is required.');
  return value;
}

export function findObject(object: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = ownProperty(object, key);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw manifestError(path, 'must be an object.');
  return value;
}

/** An array of objects, at most 10,000. */
export function readObjects(object: JsonObject, key: string, path: string): JsonObject[] {
  const value = ownProperty(object, key);
  if (!Array.isArray(value)) throw manifestError(path, 'an array is required.');
  if (value.length > mostEntries) throw manifestError(path, `must have at most ${mostEntries} entries.`);
  return value.map((entry: unknown, index) => {
    if (!isJsonObject(entry)) throw manifestError(`${path}[${index}]`, 'must be an object.');
    return entry;
  });
}

/** Absent and null read as no strings. */
export function readStrings(object: JsonObject, key: string, path: string): string[] {
  const value = ownProperty(object, key);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > mostEntries) {
    throw manifestError(path, `must be an array of at most ${mostEntries} strings.`);
  }
  return value.map((entry: unknown, index) => {
    if (typeof entry !== 'string') throw manifestError(`${path}[${index}]`, 'must be a string.');
    return entry;
  });
}

export function readSize(object: JsonObject, key: string, path: string): number {
  const value = ownProperty(object, key);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw manifestError(path, 'must be a whole number of bytes, 0 or more.');
  }
  return value;
}

export function readDigest(object: JsonObject, key: string, path: string): Digest {
  return parseDigestAt(readString(object, key, path), path);
}

function parseDigestAt(text: string, path: string): Digest {
  try {
    return parseDigest(text);
  } catch (error) {
    if (error instanceof OciParseError) throw manifestError(path, error.message);
    throw error;
  }
}

export function readMediaType(object: JsonObject, key: string, path: string): string {
  const value = readString(object, key, path);
  if (!isMediaType(value)) throw manifestError(path, 'must be a media type such as application/json.');
  return value;
}

/** A map of strings; absent and null read as the empty map. Made so that no key can reach a prototype. */
export function readStringMap(
  object: JsonObject,
  key: string,
  path: string,
): Readonly<Record<string, string>> {
  const value = findObject(object, key, path);
  const entries = Object.entries(value ?? {}).map(([name, text]): [string, string] => {
    if (typeof text !== 'string') throw manifestError(path, 'every value must be a string.');
    return [name, text];
  });
  return Object.fromEntries(entries);
}

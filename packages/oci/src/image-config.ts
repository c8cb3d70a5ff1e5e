import { isJsonObject, type JsonObject, ownProperty, parseJsonObject } from './json.ts';

export interface HistoryEntry {
  readonly created: string | undefined;
  readonly createdBy: string | undefined;
  readonly author: string | undefined;
  readonly comment: string | undefined;
  /** The step made no layer. */
  readonly emptyLayer: boolean;
}

/** What the registry reads of an image's configuration; fields of the wrong type count as absent. */
export interface ImageConfig {
  readonly architecture: string | undefined;
  readonly variant: string | undefined;
  readonly os: string | undefined;
  readonly osVersion: string | undefined;
  /** RFC 3339, as written in the configuration. */
  readonly created: string | undefined;
  readonly author: string | undefined;
  /** Base first. */
  readonly history: readonly HistoryEntry[];
  readonly diffIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly workingDirectory: string | undefined;
  readonly user: string | undefined;
  /** The whole configuration. */
  readonly json: JsonObject;
}

/** Reads the configuration of an image; throws OciParseError `config_invalid` only if it is no JSON object. */
export function parseImageConfig(input: Uint8Array | string): ImageConfig {
  const json = parseJsonObject(input, 'config_invalid', 'The image configuration');
  const run = objectOf(json, 'config');
  return {
    architecture: stringOf(json, 'architecture'),
    variant: stringOf(json, 'variant'),
    os: stringOf(json, 'os'),
    osVersion: stringOf(json, 'os.version'),
    created: stringOf(json, 'created'),
    author: stringOf(json, 'author'),
    history: arrayOf(json, 'history').filter(isJsonObject).map(readHistoryEntry),
    diffIds: stringsOf(objectOf(json, 'rootfs'), 'diff_ids'),
    labels: readLabels(run),
    entrypoint: stringsOf(run, 'Entrypoint'),
    command: stringsOf(run, 'Cmd'),
    environment: stringsOf(run, 'Env'),
    workingDirectory: stringOf(run, 'WorkingDir'),
    user: stringOf(run, 'User'),
    json,
  };
}

/** Labels of a `config` object: string values under non-empty keys. */
export function readLabels(config: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(config, 'Labels')).filter(
    (entry): entry is [string, string] => entry[0] !== '' && typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function readHistoryEntry(entry: JsonObject): HistoryEntry {
  return {
    created: stringOf(entry, 'created'),
    createdBy: stringOf(entry, 'created_by'),
    author: stringOf(entry, 'author'),
    comment: stringOf(entry, 'comment'),
    emptyLayer: ownProperty(entry, 'empty_layer') === true,
  };
}

function stringOf(object: JsonObject, key: string): string | undefined {
  const value = ownProperty(object, key);
  return typeof value === 'string' ? value : undefined;
}

function objectOf(object: JsonObject, key: string): JsonObject {
  const value = ownProperty(object, key);
  return isJsonObject(value) ? value : {};
}

function arrayOf(object: JsonObject, key: string): readonly unknown[] {
  const value = ownProperty(object, key);
  return Array.isArray(value) ? value : [];
}

function stringsOf(object: JsonObject, key: string): string[] {
  return arrayOf(object, key).filter((entry) => typeof entry === 'string');
}

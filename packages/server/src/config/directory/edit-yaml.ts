import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { RawValues } from '#/config/effective-values.ts';
import { parseYaml } from '#/config/parse-yaml.ts';

const fileName = 'config.yaml';

/** Plain scalars stay the text that they are, so that what is not changed is written as it was. */
function open(source: string): Document {
  return parseDocument(source, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
  });
}

function write(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** YAML in which no text can be taken for something else, whatever reads it. */
export function writeYaml(values: RawValues): string {
  return stringify(values, {
    version: '1.1',
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    aliasDuplicateObjects: false,
  });
}

/**
 * The text with exactly these values: what stays equal keeps its notation, order and comments; where a text cannot be edited (anchors, keys
 * that are set twice) it is written anew, without comments.
 */
export function editYaml(source: string, values: RawValues): string {
  const edited = tryEdit(source, values);
  if (edited !== undefined && means(edited, values)) return edited;
  const anew = writeYaml(values);
  if (!means(anew, values)) throw new Error('the values cannot be written as YAML');
  return anew;
}

function tryEdit(source: string, values: RawValues): string | undefined {
  try {
    const document = open(source);
    if (!isMap(document.contents)) return undefined;
    patch(document.contents, parseYaml(source, fileName).values, values);
    return write(document);
  } catch {
    return undefined;
  }
}

function means(source: string, values: RawValues): boolean {
  const parsed = parseYaml(source, fileName);
  return (
    parsed.problems.every(({ severity }) => severity !== 'error') &&
    isDeepStrictEqual({ ...parsed.values }, { ...values })
  );
}

function patch(map: YAMLMap, before: RawValues, after: RawValues): void {
  const [first] = map.items;
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) map.delete(name);
  keepHeader(map, first);
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (Object.hasOwn(before, name) && isDeepStrictEqual(old, value)) continue;
    const node = map.get(name, true) as unknown;
    if (isMap(node) && isValues(old) && isValues(value)) patch(node, old, value);
    else setPair(map, name, value);
  }
}

/** What stands above the first key is about the whole file. */
function keepHeader(map: YAMLMap, formerFirst: Pair | undefined): void {
  const [next] = map.items;
  const header = isScalar(formerFirst?.key) ? formerFirst.key.commentBefore : undefined;
  if (next === formerFirst || !header || !isScalar(next?.key)) return;
  next.key.commentBefore = [header, next.key.commentBefore].filter(Boolean).join('\n');
}

function setPair(map: YAMLMap, name: string, value: unknown): void {
  const made = open(writeYaml({ [name]: value })).contents;
  const pair = isMap(made) ? made.items[0] : undefined;
  if (pair === undefined) throw new Error('no pair was made');
  const present = findPair(map, name);
  if (present === undefined) {
    map.items.push(pair);
    return;
  }
  if (isScalar(present.value) && isScalar(pair.value)) pair.value.comment = present.value.comment ?? null;
  present.value = pair.value;
}

function findPair(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

function isValues(value: unknown): value is RawValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text without these top-level keys. */
export function withoutKeys(source: string, names: ReadonlySet<string>): string {
  const { values } = parseYaml(source, fileName);
  const kept = Object.entries(values).filter(([name]) => !names.has(name));
  return kept.length === Object.keys(values).length ? source : editYaml(source, Object.fromEntries(kept));
}

/** The text with these top-level keys as another text has them: those that it lacks are taken out. */
export function withKeysOf(source: string, other: string, names: ReadonlySet<string>): string {
  const { values } = parseYaml(source, fileName);
  const theirs = parseYaml(other, fileName).values;
  const merged = Object.fromEntries([
    ...Object.entries(theirs).filter(([name]) => names.has(name)),
    ...Object.entries(values).filter(([name]) => !names.has(name)),
  ]);
  return editYaml(source, merged);
}

import type { NamespaceName, RepositoryName, TagName } from './brands.ts';
import { OciParseError } from './parse-error.ts';

const namespacePattern = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const componentPattern = /^[a-z0-9][a-z0-9._-]*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const longestName = 255;

export function findNamespaceName(text: string): NamespaceName | undefined {
  const fits = text.length >= 2 && text.length <= longestName && namespacePattern.test(text);
  return fits ? (text as NamespaceName) : undefined;
}

/**
 * 2 to 255 lower-case letters and digits with single `.`, `_`, `-` inside; throws OciParseError
 * `name_invalid`.
 */
export function parseNamespaceName(text: string): NamespaceName {
  const name = findNamespaceName(text);
  if (name !== undefined) return name;
  throw new OciParseError(
    'name_invalid',
    'A namespace must have 2 to 255 lower-case letters or digits, with single ".", "_" or "-" between them.',
  );
}

export interface RepositoryNameOptions {
  /** `FEATURE_EXTENDED_REPOSITORY_NAMES`: the name may have several components, joined by `/`. */
  readonly extendedNames: boolean;
}

export function findRepositoryName(text: string, options: RepositoryNameOptions): RepositoryName | undefined {
  if (text.length > longestName) return undefined;
  const components = text.split('/');
  if (components.length > 1 && !options.extendedNames) return undefined;
  return components.every((component) => componentPattern.test(component))
    ? (text as RepositoryName)
    : undefined;
}

/**
 * 1 to 255 characters; each component starts with a lower-case letter or digit and goes on with those, `.`,
 * `_`, `-`: what present Quay takes, wider than the OCI grammar. Throws OciParseError `name_invalid`.
 */
export function parseRepositoryName(text: string, options: RepositoryNameOptions): RepositoryName {
  const name = findRepositoryName(text, options);
  if (name !== undefined) return name;
  if (!options.extendedNames && text.includes('/')) {
    throw new OciParseError('name_invalid', 'A repository name must not contain "/" on this registry.');
  }
  throw new OciParseError(
    'name_invalid',
    'A repository name must have 1 to 255 of a-z, 0-9, ".", "_" and "-", starting with a letter or digit.',
  );
}

export function findTagName(text: string): TagName | undefined {
  return tagPattern.test(text) ? (text as TagName) : undefined;
}

/** `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`; throws OciParseError `tag_invalid`. */
export function parseTagName(text: string): TagName {
  const tag = findTagName(text);
  if (tag !== undefined) return tag;
  throw new OciParseError(
    'tag_invalid',
    'A tag must have 1 to 128 letters, digits, "_", "." or "-", and must not start with "." or "-".',
  );
}

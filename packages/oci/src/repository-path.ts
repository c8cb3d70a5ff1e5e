import type { NamespaceName, RepositoryName } from './brands.ts';
import { parseNamespaceName, parseRepositoryName } from './names.ts';
import { OciParseError } from './parse-error.ts';

export interface RepositoryPathOptions {
  /** `FEATURE_LIBRARY_SUPPORT`: a path of one component lies in the library namespace. */
  readonly librarySupport: boolean;
  /** `LIBRARY_NAMESPACE` */
  readonly libraryNamespace: string;
  /** `FEATURE_EXTENDED_REPOSITORY_NAMES` */
  readonly extendedNames: boolean;
}

export interface RepositoryPath {
  readonly namespace: NamespaceName;
  readonly name: RepositoryName;
}

/**
 * Splits `namespace/name`, or `name` of the library namespace, at the first slash.
 * Throws OciParseError `namespace_required` or `name_invalid`.
 */
export function parseRepositoryPath(path: string, options: RepositoryPathOptions): RepositoryPath {
  const slash = path.indexOf('/');
  if (slash !== -1) {
    return {
      namespace: parseNamespaceName(path.slice(0, slash)),
      name: parseRepositoryName(path.slice(slash + 1), options),
    };
  }
  if (!options.librarySupport) {
    throw new OciParseError(
      'namespace_required',
      'A namespace must be given: name the repository as <namespace>/<name>.',
    );
  }
  return {
    namespace: parseNamespaceName(options.libraryNamespace),
    name: parseRepositoryName(path, options),
  };
}

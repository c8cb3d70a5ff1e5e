export type { Branded, Digest, NamespaceName, RepositoryName, TagName } from './brands.ts';

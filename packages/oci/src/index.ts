export type { Branded, Digest, NamespaceName, RepositoryName, TagName } from './brands.ts';
export * from './digest.ts';
export * from './media-types.ts';
export * from './names.ts';
export * from './parse-error.ts';
export * from './reference.ts';
export * from './repository-path.ts';

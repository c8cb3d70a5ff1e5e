declare const brand: unique symbol;

/** A string that was parsed and is never checked again; made only by the `parse` function of its kind. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `algorithm:hex` in lower case, of a supported algorithm. */
export type Digest = Branded<'Digest'>;
/** The part of a repository's path after its namespace. */
export type RepositoryName = Branded<'RepositoryName'>;
/** A namespace: the first component of a repository's path. */
export type NamespaceName = Branded<'NamespaceName'>;
export type TagName = Branded<'TagName'>;

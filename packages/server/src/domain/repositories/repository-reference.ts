import type { RepositoryKind, RepositoryState, Visibility } from '#/db/schema.ts';

/** A repository as all other nouns name it. */
export interface RepositoryReference {
  readonly id: number;
  readonly uuid: string;
  readonly namespaceId: number;
  readonly namespace: string;
  /** Without the namespace. */
  readonly name: string;
  readonly visibility: Visibility;
  readonly kind: RepositoryKind;
  readonly state: RepositoryState;
  readonly namespaceEnabled: boolean;
}

import type { Db } from '#/db/database.ts';
import { actingAccount, repositoryCeiling } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import {
  findCatalogActor,
  listAdministeredNamespaces,
  listGrantedCatalog,
  listNamespaceCatalog,
  listPublicCatalog,
  type RepositoryPage,
  type RepositoryPosition,
} from './queries.ts';

/**
 * A page of the catalogue by bytes of (namespace, name): what the principal may read by ownership, team or permission, and with
 * `FEATURE_PUBLIC_CATALOG` everything public (registry A14).
 */
export async function listCatalog(
  services: Services,
  input: RepositoryPage & { readonly principal: Principal },
): Promise<RepositoryPosition[]> {
  const { principal, after, limit } = input;
  const { featurePublicCatalog, featureAnonymousAccess } = services.settings;
  const db = services.database.read;
  const page = { after, limit };
  const account = actingAccount(principal);
  if (limit <= 0 || principal.kind === 'access-token') return [];
  if (account === undefined) {
    return featurePublicCatalog && featureAnonymousAccess ? listPublicCatalog(db, page) : [];
  }
  const actor = await findCatalogActor(db, account.id);
  if (!actor?.active) return [];
  const reader = { id: account.id, onlyNamespaceId: actor.ownerId ?? undefined };
  const readsOwn = principal.kind !== 'oauth-token' || repositoryCeiling(principal.scopes) !== 'none';
  const sources = await Promise.all([
    readsOwn ? listAdministered(db, reader, page) : [],
    readsOwn ? listGrantedCatalog(db, reader, page) : [],
    featurePublicCatalog ? listPublicCatalog(db, page) : [],
  ]);
  return merge(sources.flat()).slice(0, limit);
}

/** Namespace by namespace, in the order of an index: as cheap for the owner of thousands as for the owner of one. */
async function listAdministered(
  db: Db,
  reader: { readonly id: number; readonly onlyNamespaceId: number | undefined },
  page: RepositoryPage,
): Promise<RepositoryPosition[]> {
  const found: RepositoryPosition[] = [];
  for (const namespace of await listAdministeredNamespaces(db, reader, page.after?.namespace ?? '')) {
    const limit = page.limit - found.length;
    if (limit <= 0) break;
    const after = page.after?.namespace === namespace.name ? page.after : undefined;
    found.push(...(await listNamespaceCatalog(db, namespace.id, { after, limit })));
  }
  return found;
}

function merge(positions: readonly RepositoryPosition[]): RepositoryPosition[] {
  const byPath = new Map(positions.map((position) => [`${position.namespace}/${position.name}`, position]));
  return [...byPath.values()].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

/** Names are ASCII: code units compare as bytes do. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { randomUUID } from 'node:crypto';
import { findRepositoryName } from '@wharf/oci';
import type { RepositoryKind, Visibility } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { asAlreadyExists, getAccount } from '#/domain/namespaces/index.ts';
import { grantOnCreation } from '#/domain/permissions/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { findRepositoryById, insertRepository } from './queries.ts';
import type { RepositoryReference } from './repository-reference.ts';

/**
 * Creates a repository in one transaction with the creator's admin right and the default permissions of the organization. Whether
 * the creator may is the caller's question. Throws DomainError `name_invalid`, `not_found` (namespace), `namespace_disabled`,
 * `already_exists`.
 */
export async function createRepository(
  services: Services,
  input: {
    readonly namespaceId: number;
    readonly name: string;
    readonly visibility: Visibility;
    readonly kind?: RepositoryKind;
    readonly description?: string;
    readonly creator: AccountReference | undefined;
    /** Default: the creator, from nowhere. */
    readonly performer?: Performer;
  },
): Promise<RepositoryReference> {
  checkName(services, input.name);
  const { creator } = input;
  const performer =
    input.performer ??
    (creator === undefined ? undefined : { accountId: creator.id, ip: null, metadata: {} });
  const repository = await asAlreadyExists(`The repository "${input.name}" already exists.`, () =>
    services.database.transaction(async (db) => {
      const namespace = await getAccount(db, input.namespaceId);
      if (namespace.kind === 'robot') throw new DomainError('not_found', 'The namespace does not exist.');
      if (!namespace.enabled) {
        throw new DomainError('namespace_disabled', `The namespace "${namespace.name}" is disabled.`);
      }
      const id = await insertRepository(db, {
        uuid: randomUUID(),
        namespace_id: namespace.id,
        name: input.name,
        visibility: input.visibility,
        kind: input.kind ?? 'image',
        state: 'NORMAL',
        description: input.description ?? '',
        badge_token: randomUUID(),
        trust_enabled: 0,
        created_ms: services.clock.nowMs(),
        event_number: 0,
      });
      await grantOnCreation(db, {
        repositoryId: id,
        namespaceId: namespace.id,
        creatorId: creator?.id,
      });
      await writeChangeLog(services, db, {
        kind: 'create_repo',
        accountId: namespace.id,
        repositoryId: id,
        performer,
        metadata: { repo: input.name, namespace: namespace.name },
      });
      return findRepositoryById(db, id);
    }),
  );
  if (repository === undefined) throw new DomainError('not_found', 'The repository does not exist.');
  return repository;
}

function checkName(services: Services, name: string): void {
  const options = { extendedNames: services.settings.featureExtendedRepositoryNames };
  if (findRepositoryName(name, options) !== undefined) return;
  throw new DomainError(
    'name_invalid',
    'A repository name must have 1 to 255 lower-case letters, digits, ".", "_" or "-", and start with a letter or digit.',
  );
}

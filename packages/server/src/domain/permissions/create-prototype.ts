import { randomUUID } from 'node:crypto';
import type { RepositoryRole } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { findAccountByName, getAccount, lockAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { type Delegate, getDelegate } from './get-delegate.ts';
import { countPrototypes } from './queries-counts.ts';
import { insertPrototype, listPrototypes, type Prototype } from './queries-prototypes.ts';

/**
 * Adds a default permission of an organization, for repositories of one creator or of all. Throws DomainError `not_found`
 * (organization), `invalid_request`.
 */
export async function createPrototype(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly role: RepositoryRole;
    readonly delegate: Delegate;
    /** Name of the user or robot whose new repositories are meant; absent: everybody's. */
    readonly activatingUser?: string;
    readonly performer?: Performer;
  },
): Promise<Prototype> {
  const uuid = randomUUID();
  return services.database.transaction(async (db) => {
    await lockAccount(db, input.organizationId);
    const organization = await getAccount(db, input.organizationId);
    if (organization.kind !== 'organization') {
      throw new DomainError('invalid_request', 'Only organizations have default permissions.');
    }
    const delegate = await getDelegate(db, organization.id, input.delegate);
    const activating =
      input.activatingUser === undefined ? undefined : await findAccountByName(db, input.activatingUser);
    if (
      input.activatingUser !== undefined &&
      (activating === undefined || activating.kind === 'organization')
    ) {
      throw new DomainError('invalid_request', `There is no user "${input.activatingUser}".`);
    }
    await insertPrototype(db, {
      uuid,
      organization_id: organization.id,
      activating_account_id: activating?.id ?? null,
      delegate_account_id: delegate.accountId ?? null,
      delegate_team_id: delegate.teamId ?? null,
      role: input.role,
    });
    refuseTooMany(services, 'prototypes', await countPrototypes(db, organization.id));
    await writeChangeLog(services, db, {
      kind: 'create_prototype_permission',
      accountId: organization.id,
      performer: input.performer,
      metadata: {
        prototypeid: uuid,
        username: input.performer?.metadata.username ?? null,
        activating_username: activating?.name ?? null,
        role: input.role,
        [input.delegate.kind === 'team' ? 'delegate_team' : 'delegate_user']: input.delegate.name,
      },
    });
    const prototype = (await listPrototypes(db, organization.id)).find((each) => each.uuid === uuid);
    if (prototype === undefined) throw new DomainError('not_found', 'The default permission does not exist.');
    return prototype;
  });
}

import type { Db } from '#/db/database.ts';
import type { RepositoryRole } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  deletePrototypeRow,
  listPrototypes,
  type Prototype,
  updatePrototypeRole,
} from './queries-prototypes.ts';

interface Named {
  readonly organizationId: number;
  readonly uuid: string;
  readonly performer?: Performer;
}

/** Gives a default permission another role; repositories that exist keep what they have. Throws DomainError `not_found`. */
export async function setPrototypeRole(
  services: Services,
  input: Named & { readonly role: RepositoryRole },
): Promise<Prototype> {
  return services.database.transaction(async (db) => {
    const prototype = await getPrototype(db, input);
    await updatePrototypeRole(db, input.organizationId, input.uuid, input.role);
    await log(services, db, 'modify_prototype_permission', input, prototype, {
      role: input.role,
      original_role: prototype.role,
    });
    return { ...prototype, role: input.role };
  });
}

/** Throws DomainError `not_found`. */
export async function deletePrototype(services: Services, input: Named): Promise<void> {
  await services.database.transaction(async (db) => {
    const prototype = await getPrototype(db, input);
    await deletePrototypeRow(db, input.organizationId, input.uuid);
    await log(services, db, 'delete_prototype_permission', input, prototype, { role: prototype.role });
  });
}

async function getPrototype(db: Db, input: Named): Promise<Prototype> {
  const prototypes = await listPrototypes(db, input.organizationId);
  const prototype = prototypes.find(({ uuid }) => uuid === input.uuid);
  if (prototype === undefined) throw new DomainError('not_found', 'The default permission does not exist.');
  return prototype;
}

async function log(
  services: Services,
  db: Db,
  kind: LogKind,
  input: Named,
  prototype: Prototype,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  await writeChangeLog(services, db, {
    kind,
    accountId: input.organizationId,
    performer: input.performer,
    metadata: {
      prototypeid: prototype.uuid,
      username: input.performer?.metadata.username ?? null,
      activating_username: prototype.activating?.name ?? null,
      [prototype.delegate.kind === 'team' ? 'delegate_team' : 'delegate_user']: prototype.delegate.name,
      ...more,
    },
  });
}

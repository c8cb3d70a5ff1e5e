import { type Command, Option } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import type { RepositoryRole } from '#/db/schema.ts';
import {
  createPrototype,
  deletePrototype,
  listPrototypes,
  type Prototype,
  setPrototypeRole,
} from '#/domain/permissions/index.ts';
import { addDelegateOptions, type DelegateOptions, parseDelegate } from './delegate-options.ts';
import { formatTable } from './format-table.ts';
import { getOrganization } from './named-things.ts';

interface RoleOptions {
  readonly role: RepositoryRole;
}

const roleOption = () =>
  new Option('--role <role>', 'read: pull; write: push too; admin: settings too')
    .choices(['read', 'write', 'admin'])
    .makeOptionMandatory();

/** `wharf org default-permission`. */
export function registerDefaultPermission(org: Command): void {
  const group = org
    .command('default-permission')
    .description('what users, robots and teams get on each new repository of an organization');

  const add = addDelegateOptions(group.command('add <org>'))
    .description('add a default permission; repositories that exist stay as they are')
    .addOption(roleOption())
    .option('--creator <name>', 'for repositories of this user or robot only')
    .addHelpText(
      'after',
      '\nExample:\n  wharf org default-permission add acme --team developers --role write',
    );
  operatorAction<DelegateOptions & RoleOptions & { creator?: string }>(
    add,
    async (services, [org = ''], options) => {
      const { id: organizationId } = await getOrganization(services, org);
      const prototype = await createPrototype(services, {
        organizationId,
        delegate: await parseDelegate(services, options),
        role: options.role,
        ...(options.creator !== undefined && { activatingUser: options.creator }),
      });
      return { json: describe(prototype), text: prototype.uuid };
    },
  );

  const list = group.command('list <org>').description('list the default permissions');
  operatorAction(list, async (services, [org = '']) => {
    const prototypes = await listPrototypes(
      services.database.read,
      (await getOrganization(services, org)).id,
    );
    return {
      json: { default_permissions: prototypes.map(describe) },
      text: formatTable(
        ['UUID', 'KIND', 'NAME', 'ROLE', 'CREATOR'],
        prototypes.map(({ uuid, delegate, role, activating }) => [
          uuid,
          delegate.kind,
          delegate.name,
          role,
          activating?.name ?? 'anybody',
        ]),
        `${org} has no default permissions.`,
      ),
    };
  });

  const setRole = group
    .command('set-role <org> <uuid>')
    .description('change the role of a default permission')
    .addOption(roleOption());
  operatorAction<RoleOptions>(setRole, async (services, [org = '', uuid = ''], { role }) => {
    const { id: organizationId } = await getOrganization(services, org);
    const prototype = await setPrototypeRole(services, { organizationId, uuid, role });
    return { json: describe(prototype), text: `${prototype.delegate.name} will get role ${role}.` };
  });

  const remove = group.command('remove <org> <uuid>').description('remove a default permission');
  operatorAction(remove, async (services, [org = '', uuid = '']) => {
    const { id: organizationId } = await getOrganization(services, org);
    await deletePrototype(services, { organizationId, uuid });
    return { json: { uuid }, text: 'Removed the default permission.' };
  });
}

function describe({ uuid, delegate, role, activating }: Prototype) {
  return { uuid, kind: delegate.kind, name: delegate.name, role, creator: activating?.name ?? null };
}

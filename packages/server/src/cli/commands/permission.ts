import { type Command, Option } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import type { RepositoryRole } from '#/db/schema.ts';
import {
  listRepositoryPermissions,
  removeRepositoryPermission,
  setRepositoryPermission,
} from '#/domain/permissions/index.ts';
import { addDelegateOptions, type DelegateOptions, parseDelegate } from './delegate-options.ts';
import { formatTable } from './format-table.ts';
import { getRepository } from './named-things.ts';

/** `wharf permission`. */
export function registerPermission(program: Command): void {
  const group = program.command('permission').description('who may do what with a repository');

  const set = addDelegateOptions(group.command('set <repository>'))
    .description('give a user, robot or team a role, in place of the one it had')
    .addOption(
      new Option('--role <role>', 'read: pull; write: push too; admin: settings too')
        .choices(['read', 'write', 'admin'])
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      `
Examples:
  wharf permission set acme/app --user bob --role write
  wharf permission set acme/app --robot acme+ci --role write
  wharf permission set acme/app --team developers --role read`,
    );
  operatorAction<DelegateOptions & { role: RepositoryRole }>(set, async (services, [path = ''], options) => {
    const delegate = await parseDelegate(services, options);
    const repository = await getRepository(services, path);
    await setRepositoryPermission(services, { repository, delegate, role: options.role });
    return {
      json: { repository: path, kind: delegate.kind, name: delegate.name, role: options.role },
      text: `${delegate.name} now has role ${options.role} on ${path}.`,
    };
  });

  const remove = addDelegateOptions(group.command('remove <repository>')).description(
    'take the permission of a user, robot or team',
  );
  operatorAction<DelegateOptions>(remove, async (services, [path = ''], options) => {
    const delegate = await parseDelegate(services, options);
    await removeRepositoryPermission(services, { repository: await getRepository(services, path), delegate });
    return {
      json: { repository: path, kind: delegate.kind, name: delegate.name },
      text: `${delegate.name} has no permission on ${path} any more.`,
    };
  });

  const list = group.command('list <repository>').description('list the permissions on a repository');
  operatorAction(list, async (services, [path = '']) => {
    const repository = await getRepository(services, path);
    const permissions = await listRepositoryPermissions(services.database.read, repository.id);
    return {
      json: { permissions },
      text: formatTable(
        ['KIND', 'NAME', 'ROLE'],
        permissions.map(({ kind, name, role }) => [kind, name, role]),
        `Nobody has a permission on ${path} of their own; the owner and administrators of the namespace need none.`,
      ),
    };
  });
}

import type { Command } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';
import { createOrganization, listAccounts, listTeams, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { registerDefaultPermission } from './default-permission.ts';
import { formatTable, formatTime } from './format-table.ts';
import { getOrganization, getUser } from './named-things.ts';
import { addPagingOptions, type PagingOptions, parseLimit } from './paging-options.ts';
import { registerTeam } from './team.ts';

interface CreateOptions {
  readonly owner: string;
  readonly email?: string;
}

/** `wharf org`. */
export function registerOrg(program: Command): void {
  const group = program.command('org').description('organizations, their teams and default permissions');

  const create = group
    .command('create <name>')
    .description('create an organization; the owner becomes member of its team owners')
    .requiredOption('--owner <user>', 'user who administers it')
    .option('--email <address>', 'e-mail address')
    .addHelpText('after', '\nExample:\n  wharf org create acme --owner alice');
  operatorAction<CreateOptions>(create, async (services, [name = ''], options) => {
    const owner = await getUser(services, options.owner);
    const organization = await createOrganization(services, {
      name,
      email: options.email,
      ownerId: owner.id,
    });
    return {
      json: {
        name: organization.name,
        uuid: organization.uuid,
        email: organization.email,
        owner: owner.name,
      },
      text: `Created the organization ${name}, administered by ${owner.name}.`,
    };
  });

  const list = addPagingOptions(group.command('list').description('list organizations by name'));
  operatorAction<PagingOptions>(list, async (services, _args, options) => {
    const organizations = await listAccounts(services.database.read, {
      kind: 'organization',
      after: options.after,
      limit: parseLimit(options.limit),
    });
    return {
      json: {
        organizations: organizations.map(({ name, email, enabled, createdMs }) => ({
          name,
          email,
          enabled,
          created: formatTime(createdMs, ''),
        })),
      },
      text: formatTable(
        ['NAME', 'STATE', 'CREATED'],
        organizations.map(({ name, enabled, createdMs }) => [
          name,
          enabled ? 'enabled' : 'disabled',
          formatTime(createdMs, '-'),
        ]),
        'There are no organizations.',
      ),
    };
  });

  const show = group.command('show <name>').description('show an organization with its teams');
  operatorAction(show, async (services, [name = '']) => {
    const organization = await getOrganization(services, name);
    const teams = await listTeams(services.database.read, organization.id);
    return {
      json: {
        name,
        email: organization.email,
        enabled: organization.enabled,
        teams: teams.map(({ name: team, role, description }) => ({ name: team, role, description })),
      },
      text: [
        `${name} (${organization.enabled ? 'enabled' : 'disabled'})`,
        formatTable(
          ['TEAM', 'ROLE'],
          teams.map(({ name: team, role }) => [team, role]),
          'There are no teams.',
        ),
      ].join('\n'),
    };
  });

  for (const [word, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const toggle = group
      .command(`${word} <name>`)
      .description(enabled ? 'open a disabled organization again' : 'stop every pull, push and change in it');
    operatorAction(toggle, async (services, [name = '']) => {
      const organization = await getOrganization(services, name);
      await setAccountEnabled(services, { accountId: organization.id, enabled });
      return { json: { name, enabled }, text: `The organization ${name} is ${word}d.` };
    });
  }

  const remove = group
    .command('delete <name>')
    .description('delete an organization with its repositories, teams and robots');
  operatorAction(remove, async (services, [name = '']) => {
    const organization = await getOrganization(services, name);
    await deleteNamespace(services, { accountId: organization.id });
    return { json: { name }, text: `Deleted the organization ${name}.` };
  });

  registerTeam(group);
  registerDefaultPermission(group);
}

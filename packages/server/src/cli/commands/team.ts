import { type Command, Option } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import type { TeamRole } from '#/db/schema.ts';
import {
  addTeamMember,
  createTeam,
  deleteTeam,
  listTeamMembers,
  listTeams,
  removeTeamMember,
  setTeamRole,
} from '#/domain/namespaces/index.ts';
import { formatTable } from './format-table.ts';
import { getOrganization } from './named-things.ts';

interface RoleOptions {
  readonly role: TeamRole;
  readonly description?: string;
}

const roleOption = () =>
  new Option(
    '--role <role>',
    'member: only what permissions give; creator: may create repositories; admin: everything',
  ).choices(['member', 'creator', 'admin']);

/** `wharf org team`. */
export function registerTeam(org: Command): void {
  const group = org.command('team').description('teams of an organization');

  const create = group
    .command('create <org> <team>')
    .description('create a team')
    .addOption(roleOption().default('member'))
    .option('--description <text>', 'what the team is for')
    .addHelpText('after', '\nExample:\n  wharf org team create acme developers --role creator');
  operatorAction<RoleOptions>(create, async (services, [org = '', name = ''], { role, description }) => {
    const { id: organizationId } = await getOrganization(services, org);
    await createTeam(services, { organizationId, name, role, description: description ?? '' });
    return {
      json: { organization: org, name, role },
      text: `Created the team ${name} of ${org}, role ${role}.`,
    };
  });

  const list = group.command('list <org>').description('list the teams with their members');
  operatorAction(list, async (services, [org = '']) => {
    const { id } = await getOrganization(services, org);
    const teams = await Promise.all(
      (await listTeams(services.database.read, id)).map(async ({ id: teamId, name, role, description }) => ({
        name,
        role,
        description,
        members: (await listTeamMembers(services.database.read, teamId)).map((member) => member.name),
      })),
    );
    return {
      json: { teams },
      text: formatTable(
        ['TEAM', 'ROLE', 'MEMBERS'],
        teams.map(({ name, role, members }) => [name, role, members.join(', ')]),
        'There are no teams.',
      ),
    };
  });

  const role = group
    .command('set-role <org> <team>')
    .description('change what a team may do')
    .addOption(roleOption().makeOptionMandatory());
  operatorAction<RoleOptions>(role, async (services, [org = '', team = ''], options) => {
    const { id: organizationId } = await getOrganization(services, org);
    await setTeamRole(services, { organizationId, team, role: options.role });
    return {
      json: { organization: org, name: team, role: options.role },
      text: `The team ${team} of ${org} now has role ${options.role}.`,
    };
  });

  const remove = group.command('delete <org> <team>').description('delete a team with its permissions');
  operatorAction(remove, async (services, [org = '', team = '']) => {
    const { id: organizationId } = await getOrganization(services, org);
    await deleteTeam(services, { organizationId, team });
    return { json: { organization: org, name: team }, text: `Deleted the team ${team} of ${org}.` };
  });

  const addMember = group
    .command('add <org> <team> <member>')
    .description('add a user, or a robot of the organization')
    .addHelpText(
      'after',
      '\nExamples:\n  wharf org team add acme developers bob\n  wharf org team add acme developers acme+ci',
    );
  operatorAction(addMember, async (services, [org = '', team = '', member = '']) => {
    const { id: organizationId } = await getOrganization(services, org);
    await addTeamMember(services, { organizationId, team, member });
    return {
      json: { organization: org, team, member },
      text: `${member} is now a member of ${org}/${team}.`,
    };
  });

  const removeMember = group.command('remove <org> <team> <member>').description('remove a member');
  operatorAction(removeMember, async (services, [org = '', team = '', member = '']) => {
    const { id: organizationId } = await getOrganization(services, org);
    await removeTeamMember(services, { organizationId, team, member });
    return {
      json: { organization: org, team, member },
      text: `${member} is no member of ${org}/${team} any more.`,
    };
  });
}

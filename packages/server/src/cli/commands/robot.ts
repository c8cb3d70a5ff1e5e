import type { Command } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  createRobot,
  deleteRobot,
  findRobot,
  listRobots,
  type Robot,
  regenerateRobotToken,
} from '#/domain/namespaces/index.ts';
import { formatTable, formatTime } from './format-table.ts';
import { getNamespace, getRobotPlace } from './named-things.ts';

interface CreateOptions {
  readonly description?: string;
}

/** `wharf robot`. */
export function registerRobot(program: Command): void {
  const group = program.command('robot').description('accounts of programs, named NAMESPACE+NAME');

  const create = group
    .command('create <robot>')
    .description('create a robot of a user or organization and print its token')
    .option('--description <text>', 'what the robot is for')
    .addHelpText(
      'after',
      `
Standard output holds the token alone, so that it can go to a file.

Examples:
  wharf robot create acme+ci > token
  docker login -u acme+ci --password-stdin registry.example.com < token`,
    );
  operatorAction<CreateOptions>(create, async (services, [name = ''], { description }) => {
    const robot = await createRobot(services, {
      ...(await getRobotPlace(services, name)),
      description: description ?? '',
    });
    return withToken(robot);
  });

  const list = group.command('list <namespace>').description('list the robots of a user or organization');
  operatorAction(list, async (services, [namespace = '']) => {
    const robots = await listRobots(services, (await getNamespace(services, namespace)).id);
    return {
      json: { robots: robots.map(describe) },
      text: formatTable(
        ['ROBOT', 'CREATED', 'LAST ACCESSED', 'DESCRIPTION'],
        robots.map(({ account, description }) => [
          account.name,
          formatTime(account.createdMs, '-'),
          formatTime(account.lastAccessedMs, 'never'),
          description,
        ]),
        `${namespace} has no robots.`,
      ),
    };
  });

  const token = group.command('token <robot>').description('print the token of a robot');
  operatorAction(token, async (services, [name = '']) => {
    const { owner, shortName } = await getRobotPlace(services, name);
    const robot = await findRobot(services, owner, shortName);
    if (robot === undefined) throw new DomainError('not_found', `The robot "${name}" does not exist.`);
    return withToken(robot);
  });

  const regenerate = group
    .command('regenerate <robot>')
    .description('give a robot a new token and print it; the old one stops');
  operatorAction(regenerate, async (services, [name = '']) =>
    withToken(await regenerateRobotToken(services, await getRobotPlace(services, name))),
  );

  const remove = group.command('delete <robot>').description('delete a robot with its permissions');
  operatorAction(remove, async (services, [name = '']) => {
    await deleteRobot(services, await getRobotPlace(services, name));
    return { json: { name }, text: `Deleted the robot ${name}.` };
  });
}

function describe({ account, description }: Robot) {
  return {
    name: account.name,
    description,
    enabled: account.enabled,
    created: formatTime(account.createdMs, ''),
    last_accessed: account.lastAccessedMs === null ? null : formatTime(account.lastAccessedMs, ''),
  };
}

function withToken(robot: Robot) {
  return { json: { ...describe(robot), token: robot.token }, text: robot.token };
}

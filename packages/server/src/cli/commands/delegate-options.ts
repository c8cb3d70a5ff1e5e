import type { Command } from 'commander';
import { UsageError } from '#/cli/exit-codes.ts';
import type { Delegate } from '#/domain/permissions/index.ts';
import type { Services } from '#/domain/services.ts';
import { getRobotPlace, getUser } from './named-things.ts';

export interface DelegateOptions {
  readonly user?: string;
  readonly robot?: string;
  readonly team?: string;
}

/** Adds `--user`, `--robot` and `--team`. */
export function addDelegateOptions(command: Command): Command {
  return command
    .option('--user <name>', 'a user')
    .option('--robot <name>', 'a robot of the namespace')
    .option('--team <name>', 'a team of the organization');
}

/** Throws UsageError unless exactly one of the three is given; DomainError `not_found`. */
export async function parseDelegate(
  services: Services,
  { user, robot, team }: DelegateOptions,
): Promise<Delegate> {
  if ([user, robot, team].filter((name) => name !== undefined).length !== 1) {
    throw new UsageError('give exactly one of --user, --robot and --team');
  }
  if (team !== undefined) return { kind: 'team', name: team };
  if (user !== undefined) return { kind: 'user', name: (await getUser(services, user)).name };
  const { owner, shortName } = await getRobotPlace(services, robot ?? '');
  return { kind: 'user', name: `${owner.name}+${shortName}` };
}

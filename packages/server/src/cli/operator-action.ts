import type { Command } from 'commander';
import {
  addCommonOptions,
  type CommandResult,
  type CommonOptions,
  directoriesOf,
  printResult,
} from '#/cli/common-options.ts';
import type { Services } from '#/domain/services.ts';

/**
 * Gives a command its common options and an action that works on the configured database: `handle` receives opened services, the
 * positional arguments and the options; what it returns is printed. Services are closed in any case.
 */
export function operatorAction<Options>(
  command: Command,
  handle: (
    services: Services,
    args: readonly string[],
    options: Options & CommonOptions,
  ) => Promise<CommandResult>,
): Command {
  return addCommonOptions(command).action(async () => {
    const options = command.opts<Options & CommonOptions>();
    const { openServices } = await import('#/compose.ts');
    const { services, close } = await openServices(directoriesOf(options));
    try {
      printResult(command, options, await handle(services, command.args, options));
    } finally {
      await close();
    }
  });
}

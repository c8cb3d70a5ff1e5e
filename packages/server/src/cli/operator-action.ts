import type { Command } from 'commander';
import {
  addCommandOptions,
  type CommandOptions,
  type CommandResult,
  directoriesOf,
  printResult,
} from '#/cli/command-options.ts';
import type { Configuration } from '#/config/configuration.ts';
import type { Services } from '#/domain/services.ts';

/**
 * gives a command the options of all commands and an action that works on the configured database: `handle` receives opened services, the
 * positional arguments, the options and the configuration; what it returns is printed. Services are closed in any case.
 */
export function operatorAction<Options>(
  command: Command,
  handle: (
    services: Services,
    args: readonly string[],
    options: Options & CommandOptions,
    configuration: Configuration,
  ) => Promise<CommandResult>,
): Command {
  return addCommandOptions(command).action(async () => {
    const options = command.opts<Options & CommandOptions>();
    const { openServices } = await import('#/compose.ts');
    const { services, configuration, close } = await openServices(directoriesOf(options));
    try {
      printResult(command, options, await handle(services, command.args, options, configuration));
    } finally {
      await close();
    }
  });
}

import type { Command } from 'commander';
import { addCommandOptions, type CommandOptions, directoriesOf, printResult } from '#/cli/command-options.ts';
import { ExitSignal, exitCodes } from '#/cli/exit-codes.ts';
import { formatReport } from '#/cli/format-report.ts';

/** `wharf check-config`. */
export function registerCheckConfig(program: Command): void {
  const command = program
    .command('check-config')
    .description('print every problem of the configuration at once; exit 1 when one would stop the start')
    .addHelpText(
      'after',
      `
Examples:
  wharf check-config --config /etc/wharf
  wharf check-config --json | jq '.problems[] | select(.severity == "error")'

Reads the same environment as the server, changes nothing, and never prints a secret.`,
    );
  addCommandOptions(command).action(async () => {
    const options = command.opts<CommandOptions>();
    const { dataDirectory, configDirectory } = directoriesOf(options);
    const { inspectConfiguration } = await import('#/config/load-configuration.ts');
    const report = await inspectConfiguration({
      directory: configDirectory,
      dataDirectory,
      env: process.env,
    });
    const valid = report.problems.every((problem) => problem.severity !== 'error');
    printResult(command, options, {
      json: { valid, ...report },
      text: formatReport(report.problems, report.directory),
    });
    if (!valid) throw new ExitSignal(exitCodes.failed);
  });
}

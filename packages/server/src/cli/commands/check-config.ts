import type { Command } from 'commander';
import { addCommandOptions, type CommandOptions, directoriesOf, printResult } from '#/cli/command-options.ts';
import { ExitSignal, exitCodes } from '#/cli/exit-codes.ts';
import { formatReport } from '#/cli/format-report.ts';
import type { LiveCheck } from '#/compose/run-validators.ts';

interface Options extends CommandOptions {
  readonly live?: boolean;
}

/** `wharf check-config`. */
export function registerCheckConfig(program: Command): void {
  const command = program
    .command('check-config')
    .description('print every problem of the configuration at once; exit 1 when one would stop the start')
    .option('--live', 'then try every service that it names; exit 1 when one does not work')
    .addHelpText(
      'after',
      `
Examples:
  wharf check-config --config /etc/wharf
  wharf check-config --config /etc/wharf --live
  wharf check-config --json | jq '.problems[] | select(.severity == "error")'

Reads the same environment as the server, changes nothing, and never prints a secret. With --live it connects to database, Redis,
stores, directory and the rest, writes a small object named _verify into each store, and sends no mail.`,
    );
  addCommandOptions(command).action(async () => {
    const options = command.opts<Options>();
    const { dataDirectory, configDirectory } = directoriesOf(options);
    const { inspectConfiguration } = await import('#/config/load-configuration.ts');
    const directories = { directory: configDirectory, dataDirectory, env: process.env };
    const report = await inspectConfiguration(directories);
    const valid = report.problems.every((problem) => problem.severity !== 'error');
    // Loading a configuration that is not there would write one.
    const live =
      options.live === true && valid && report.fileFound ? await checkLive(directories) : undefined;
    printResult(command, options, {
      json: { valid, ...report, ...(live === undefined ? {} : { live }) },
      text: [formatReport(report.problems, report.directory), ...(live ?? []).flatMap(formatCheck)].join(
        '\n',
      ),
    });
    const works = (live ?? []).every(({ reason }) => reason === null);
    if (!valid || !works) throw new ExitSignal(exitCodes.failed);
  });
}

type ShownCheck = Omit<LiveCheck, 'reason'> & { readonly reason: string | null };

async function checkLive(directories: {
  readonly directory: string | undefined;
  readonly dataDirectory: string;
  readonly env: NodeJS.ProcessEnv;
}): Promise<readonly ShownCheck[]> {
  const { loadConfiguration } = await import('#/config/load-configuration.ts');
  const { runValidators } = await import('#/compose/run-validators.ts');
  const checks = await runValidators(await loadConfiguration(directories), directories.dataDirectory);
  return checks.map(({ reason, ...check }) => ({ ...check, reason: reason ?? null }));
}

function formatCheck({ service, reason, warnings }: ShownCheck): readonly string[] {
  const result = reason === null ? 'ok' : 'failed';
  const said = reason === null ? '' : `: ${reason.replaceAll(/\s*\n\s*/g, ' ')}`;
  return [
    `${result.padEnd(7)}  ${service}${said}`,
    ...warnings.map((warning) => `${'warning'.padEnd(7)}  ${service}: ${warning}`),
  ];
}

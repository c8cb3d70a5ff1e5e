import type { Command } from 'commander';
import { addCommandOptions, type CommandOptions, directoriesOf, printResult } from '#/cli/command-options.ts';
import { ExitSignal, exitCodes } from '#/cli/exit-codes.ts';
import type { Finding } from '#/compose/doctor/finding.ts';

/** `wharf doctor`. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'look for what keeps the registry from working, and say what to do; exit 1 when something fails',
    )
    .addHelpText(
      'after',
      `
Examples:
  wharf doctor --config /etc/wharf --data /var/lib/wharf
  wharf doctor --json | jq '.findings[] | select(.status != "ok")'

Looks at configuration, database, stores, Redis, sign-in, certificates, clock, disk, and at what answers at SERVER_HOSTNAME. Works
while the registry runs and while it does not; run it with the options and the environment of the server. What it writes into the
stores it removes again; it never prints a secret.`,
    );
  addCommandOptions(command).action(async () => {
    const options = command.opts<CommandOptions>();
    const { configDirectory, dataDirectory } = directoriesOf(options);
    const { runDoctor } = await import('#/compose/doctor/run-doctor.ts');
    const findings = await runDoctor({ directory: configDirectory, dataDirectory });
    const healthy = findings.every(({ status }) => status !== 'failed');
    printResult(command, options, { json: { healthy, findings }, text: formatFindings(findings) });
    if (!healthy) throw new ExitSignal(exitCodes.failed);
  });
}

function formatFindings(findings: readonly Finding[]): string {
  const count = (status: Finding['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  const lines = findings.flatMap(({ advice, check, message, status }) => [
    `${status.padEnd(7)}  ${check}: ${message}`,
    ...(advice === undefined ? [] : [`         -> ${advice}`]),
  ]);
  return [...lines, `${count('failed')} failed, ${count('warning')} warnings, ${count('ok')} ok`].join('\n');
}

import { exitCodes, UsageError } from '#/cli/exit-codes.ts';
import { formatProblem } from '#/cli/format-report.ts';
import { InvalidConfigurationError } from '#/config/problem.ts';
import { InvalidConnectionArgsError } from '#/db/connection-settings.ts';
import { InvalidConnectionUriError } from '#/db/connection-uri.ts';
import { DatabaseUnavailableError } from '#/db/database.ts';

/** What the terminal shows for an error, and the exit code that goes with it. */
export function describeFailure(error: unknown): { readonly exitCode: number; readonly text: string } {
  if (error instanceof InvalidConfigurationError) {
    const worst = error.problems.filter((problem) => problem.severity !== 'info').map(formatProblem);
    const advice = `wharf: ${error.message}; correct it, or set IGNORE_VALIDATION=true to start with defaults instead`;
    return { exitCode: exitCodes.invalidConfiguration, text: [...worst, advice].join('\n') };
  }
  const text = `wharf: ${messageOf(error)}`;
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, text };
  if (error instanceof InvalidConnectionUriError || error instanceof InvalidConnectionArgsError)
    return { exitCode: exitCodes.invalidConfiguration, text };
  if (error instanceof DatabaseUnavailableError) {
    return {
      exitCode: exitCodes.databaseUnreachable,
      text: `${text}; check DB_URI and that the database runs`,
    };
  }
  return { exitCode: exitCodes.failed, text };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed for an unknown reason';
  const code = 'code' in error ? error.code : undefined;
  const host = 'address' in error ? String(error.address) : '';
  const address = 'port' in error ? `${host.includes(':') ? `[${host}]` : host}:${String(error.port)}` : '';
  if (code === 'EADDRINUSE')
    return `${address} is in use by another program; choose another address with --listen or --metrics-listen`;
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this machine; choose another with --listen or --metrics-listen`;
  if (code === 'EACCES' && address !== '') return `${address} needs more rights; choose a port above 1023`;
  return error.message.replaceAll(/\s*\n\s*/g, ' ');
}

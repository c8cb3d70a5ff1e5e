import { Command, CommanderError } from 'commander';
import { commands } from '#/cli/commands/index.ts';
import { describeFailure } from '#/cli/describe-failure.ts';
import { ExitSignal, exitCodes } from '#/cli/exit-codes.ts';

const epilogue = `
Examples:
  wharf serve                                        run everything, data in ./data
  wharf check-config --config /etc/wharf             see what is wrong with a configuration
  wharf doctor --config /etc/wharf                   see what does not work, and what to do
  wharf migrate --check                              see whether the database is up to date

Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  the configuration has errors (wharf check-config explains them)
  4  the database cannot be reached`;

export interface Output {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** The whole command line as a commander program. */
export function createProgram(version: string, output: Output): Command {
  const program = new Command('wharf')
    .description('A container registry for teams.')
    .version(version)
    .configureOutput(output)
    .showHelpAfterError('Run with --help to see the usage.')
    .exitOverride()
    .addHelpText('after', epilogue);
  for (const register of commands) register(program);
  return program;
}

/** Runs one command line (without the program's own name) and returns the exit code; never throws. */
export async function runCli(args: readonly string[], version: string, output: Output): Promise<number> {
  try {
    await createProgram(version, output).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof ExitSignal) return error.exitCode;
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { exitCode, text } = describeFailure(error);
    output.writeErr(`${text}\n`);
    return exitCode;
  }
}

import { resolve } from 'node:path';
import type { Command } from 'commander';

/** Options that every command takes. */
export interface CommandOptions {
  readonly data: string;
  readonly config?: string;
  readonly json?: boolean;
}

const defaultDataDirectory = 'data';

/** Adds `--data`, `--config` and `--json`. */
export function addCommandOptions(command: Command): Command {
  return command
    .option(
      '--data <dir>',
      'directory of the embedded database, local storage and first configuration',
      defaultDataDirectory,
    )
    .option(
      '--config <dir>',
      'directory with config.yaml (default: conf/stack if it holds one, else <data>/config)',
    )
    .option('--json', 'print the result as JSON on standard output');
}

/** Absolute directories of the options. */
export function directoriesOf(options: CommandOptions): {
  readonly dataDirectory: string;
  readonly configDirectory: string | undefined;
} {
  return {
    dataDirectory: resolve(options.data),
    configDirectory: options.config === undefined ? undefined : resolve(options.config),
  };
}

/** What a command has to say: the same facts for programs and for people. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
}

/** Writes a result to standard output in the form that was asked for. */
export function printResult(command: Command, options: CommandOptions, result: CommandResult): void {
  const line = options.json === true ? JSON.stringify(result.json) : result.text;
  command.configureOutput().writeOut?.(`${line}\n`);
}

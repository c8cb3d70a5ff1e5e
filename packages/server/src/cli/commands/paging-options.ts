import type { Command } from 'commander';
import { UsageError } from '#/cli/exit-codes.ts';

export interface PagingOptions {
  readonly after?: string;
  readonly limit: string;
}

/** Adds `--after` and `--limit`. */
export function addPagingOptions(command: Command): Command {
  return command
    .option('--after <name>', 'start behind this name')
    .option('--limit <number>', 'list at most so many', '1000');
}

/** Throws UsageError unless `--limit` is a number from 1 to 100000. */
export function parseLimit(text: string): number {
  const limit = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 100_000) return limit;
  throw new UsageError(`--limit takes a number from 1 to 100000, not "${text}"`);
}

import type { Command } from 'commander';
import { registerCheckConfig } from './check-config.ts';
import { registerMigrate } from './migrate.ts';
import { registerServe } from './serve.ts';

/** Every command, in the order of the help; each adds itself to the program. */
export const commands: readonly ((program: Command) => void)[] = [
  registerServe,
  registerMigrate,
  registerCheckConfig,
];

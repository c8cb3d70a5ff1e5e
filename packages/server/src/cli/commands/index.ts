import type { Command } from 'commander';
import { registerCheckConfig } from './check-config.ts';
import { registerConfig } from './config.ts';
import { registerDoctor } from './doctor.ts';
import { registerMigrate } from './migrate.ts';
import { registerOrg } from './org.ts';
import { registerPermission } from './permission.ts';
import { registerRepo } from './repo.ts';
import { registerRobot } from './robot.ts';
import { registerServe } from './serve.ts';
import { registerToken } from './token.ts';
import { registerUser } from './user.ts';

/** Every command, in the order of the help; each adds itself to the program. */
export const commands: readonly ((program: Command) => void)[] = [
  registerServe,
  registerMigrate,
  registerCheckConfig,
  registerConfig,
  registerDoctor,
  registerUser,
  registerOrg,
  registerRobot,
  registerRepo,
  registerPermission,
  registerToken,
];

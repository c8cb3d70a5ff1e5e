import { accessValidator } from '#/config/validators/access.ts';
import { actionLogArchivingValidator } from '#/config/validators/action-log-archiving.ts';
import { appTokenValidator } from '#/config/validators/app-token.ts';
import { databaseValidator } from '#/config/validators/database.ts';
import type { Validator } from '#/config/validators/define-validator.ts';
import { redisValidator } from '#/config/validators/redis.ts';
import { timeMachineValidator } from '#/config/validators/time-machine.ts';

/** Every validator. */
export const validators: readonly Validator[] = [
  databaseValidator,
  redisValidator,
  timeMachineValidator,
  accessValidator,
  actionLogArchivingValidator,
  appTokenValidator,
];

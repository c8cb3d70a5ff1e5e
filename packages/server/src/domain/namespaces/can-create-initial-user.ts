import type { Services } from '#/domain/services.ts';
import { hadUsers } from './queries.ts';

/** Whether createInitialUser may still succeed: false for ever once a user exists. */
export async function canCreateInitialUser(services: Services): Promise<boolean> {
  return !(await hadUsers(services.database.read));
}

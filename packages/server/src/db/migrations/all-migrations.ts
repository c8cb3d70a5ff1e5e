import { initial } from './0001-initial.ts';
import { peopleAndLifecycle } from './0002-people-and-lifecycle.ts';
import { configuration } from './0003-configuration.ts';
import { proofs } from './0004-proofs.ts';
import { loggedRequests } from './0005-logged-requests.ts';
import { tagCounts } from './0006-tag-counts.ts';
import type { Migration } from './migration.ts';

/** Every migration, in the order of its number. */
export const allMigrations: readonly Migration[] = [
  initial,
  peopleAndLifecycle,
  configuration,
  proofs,
  loggedRequests,
  tagCounts,
];

import type { Services } from '#/domain/services.ts';
import { deleteStar, insertStar } from './queries-details.ts';

interface Star {
  readonly accountId: number;
  readonly repositoryId: number;
}

/** Remembers a repository for a person; doing it again changes nothing. */
export async function starRepository({ database, clock }: Services, star: Star): Promise<void> {
  await database.transaction((db) => insertStar(db, { ...star, createdMs: clock.nowMs() }));
}

/** Forgets it again. */
export async function unstarRepository({ database }: Services, star: Star): Promise<void> {
  await database.transaction((db) => deleteStar(db, star.accountId, star.repositoryId));
}

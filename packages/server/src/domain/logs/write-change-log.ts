import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import type { LogKind } from './log-kind.ts';
import { noPerformer, type Performer } from './performer.ts';
import { writeActionLog } from './write-action-log.ts';

export interface Change {
  readonly kind: LogKind;
  /** Namespace that the entry is filed under. */
  readonly accountId: number | null;
  readonly repositoryId?: number;
  /** Absent: the command line or background work. */
  readonly performer: Performer | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Writes the audit row of an operation's change, made now, inside its transaction `db`. */
export async function writeChangeLog(services: Services, db: Db, change: Change): Promise<void> {
  const performer = change.performer ?? noPerformer;
  await writeActionLog(services, db, {
    kind: change.kind,
    accountId: change.accountId,
    repositoryId: change.repositoryId ?? null,
    performerId: performer.accountId,
    ip: performer.ip,
    request: performer.request,
    createdMs: services.clock.nowMs(),
    metadata: { ...change.metadata, ...oauthKeys(performer) },
  });
}

/** Which token of which application made the change, where one did (REST reference H). */
function oauthKeys({ metadata }: Performer): Readonly<Record<string, unknown>> {
  const { oauth_token_id, oauth_token_application_id, oauth_token_application } = metadata;
  if (oauth_token_id === undefined) return {};
  return { oauth_token_id, oauth_token_application_id, oauth_token_application };
}

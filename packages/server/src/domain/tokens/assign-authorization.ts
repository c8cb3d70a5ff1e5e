import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import type { ResponseType } from './grant-authorization.ts';
import type { OauthApplicationRow } from './queries.ts';
import { lockApplicationRow } from './queries-applications.ts';
import { deleteAssignment, insertAssignment, listAssignments } from './queries-assignments.ts';

interface Assignment {
  readonly application: OauthApplicationRow;
  /** The person who may approve it. */
  readonly assignee: { readonly id: number; readonly name: string };
  readonly redirectUri: string;
  readonly scopes: readonly OauthScope[];
  readonly responseType: ResponseType;
  /** Name of the administrator who offers it. */
  readonly assigner: string;
  readonly performer?: Performer | undefined;
  /** Tells the person, in the same transaction. */
  readonly announce: (db: Db, uuid: string) => Promise<void>;
}

/** Offers a person to authorize an application with these very scopes; what is on offer already is not offered twice. Returns its uuid. */
export async function assignAuthorization(services: Services, input: Assignment): Promise<string> {
  const { application, assignee, redirectUri, responseType } = input;
  const scope = input.scopes.join(' ');
  return services.database.transaction(async (db) => {
    await lockApplicationRow(db, application.id);
    const open = await listAssignments(db, { accountId: assignee.id });
    const same = open.find(
      (offer) =>
        offer.application.clientId === application.clientId &&
        offer.redirectUri === redirectUri &&
        offer.responseType === responseType &&
        offer.scope === scope,
    );
    if (same !== undefined) return same.uuid;
    const uuid = randomUUID();
    await insertAssignment(db, {
      uuid,
      application_id: application.id,
      account_id: assignee.id,
      redirect_uri: redirectUri,
      scope,
      response_type: responseType,
      created_ms: services.clock.nowMs(),
    });
    await writeChangeLog(services, db, {
      kind: 'oauth_token_assigned',
      accountId: application.ownerId,
      performer: input.performer,
      metadata: {
        assigning_user: input.assigner,
        assigned_user: assignee.name,
        application: application.name,
        client_id: application.clientId,
      },
    });
    await input.announce(db, uuid);
    return uuid;
  });
}

/** Turns an offer down. Throws DomainError `not_found`. */
export async function declineAssignment(
  services: Services,
  input: {
    readonly accountId: number;
    readonly uuid: string;
    /** Takes back what announced it, in the same transaction. */
    readonly retract: (db: Db, uuid: string) => Promise<void>;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    if (!(await deleteAssignment(db, input.accountId, input.uuid))) {
      throw new DomainError('not_found', 'Nothing of this name is offered to you.');
    }
    await input.retract(db, input.uuid);
  });
}

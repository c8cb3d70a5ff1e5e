import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { getRobotRow } from '#/domain/namespaces/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import {
  deleteRobotFederations,
  insertRobotFederations,
  listRobotFederations,
  type RobotFederation,
} from './queries-federations.ts';

interface FederatedRobot {
  readonly owner: AccountReference;
  readonly shortName: string;
  readonly performer?: Performer | undefined;
}

const mostFederations = 100;
const longestIssuer = 500;
const longestSubject = 255;
const longestAudience = 255;

/** Throws DomainError `invalid_request` (no such robot). */
export async function getRobotFederation(
  services: Services,
  input: FederatedRobot,
): Promise<RobotFederation[]> {
  const { read } = services.database;
  const { account } = await getRobotRow(read, input.owner, input.shortName);
  return listRobotFederations(read, account.id);
}

/** Replaces all external identities of a robot. Throws DomainError `invalid_request` (no such robot, a bad or repeated identity). */
export async function setRobotFederation(
  services: Services,
  input: FederatedRobot & { readonly federations: readonly RobotFederation[] },
): Promise<RobotFederation[]> {
  checkFederations(input.federations);
  await services.database.transaction(async (db) => {
    const { account } = await getRobotRow(db, input.owner, input.shortName);
    await deleteRobotFederations(db, account.id);
    await insertRobotFederations(db, account.id, input.federations);
    await writeChangeLog(services, db, {
      kind: 'create_robot_federation',
      accountId: input.owner.id,
      performer: input.performer,
      metadata: { config: input.federations, robot: input.shortName },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
  return [...input.federations];
}

/** Takes all external identities away; tokens obtained with them stop at once. Throws DomainError `invalid_request` (no such robot). */
export async function deleteRobotFederation(services: Services, input: FederatedRobot): Promise<void> {
  await services.database.transaction(async (db) => {
    const { account } = await getRobotRow(db, input.owner, input.shortName);
    await deleteRobotFederations(db, account.id);
    await writeChangeLog(services, db, {
      kind: 'delete_robot_federation',
      accountId: input.owner.id,
      performer: input.performer,
      metadata: { robot: input.shortName },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}

function checkFederations(federations: readonly RobotFederation[]): void {
  if (federations.length > mostFederations) {
    throw new DomainError('invalid_request', `A robot can have at most ${mostFederations} identities.`);
  }
  const seen = new Set<string>();
  for (const { issuer, subject, audience } of federations) {
    if (!isHttpUrl(issuer) || issuer.length > longestIssuer) {
      throw new DomainError('invalid_request', 'The issuer must be a http or https URL.');
    }
    if (subject === '' || subject.length > longestSubject) {
      throw new DomainError('invalid_request', 'The subject must have 1 to 255 characters.');
    }
    if (audience !== undefined && (audience === '' || audience.length > longestAudience)) {
      throw new DomainError('invalid_request', 'The audience must have 1 to 255 characters.');
    }
    const key = JSON.stringify([issuer, subject]);
    if (seen.has(key)) {
      throw new DomainError('invalid_request', `The identity "${subject}" of "${issuer}" is given twice.`);
    }
    seen.add(key);
  }
}

/** An issuer is compared letter by letter, so nothing that could be written in two ways is allowed in it (OpenID Connect Discovery 3). */
function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}

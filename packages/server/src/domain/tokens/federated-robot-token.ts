import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { writeChangeLog } from '#/domain/logs/index.ts';
import { isRobotAllowed } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { findRobotCredentials, type RobotCredentials } from './queries.ts';
import {
  findRobotFederation,
  hasRobotFederation,
  listRobotFederations,
  type RobotFederation,
} from './queries-federations.ts';
import { equalSecrets } from './secrets.ts';

/*
 * A password of a robot for a short time, obtained with an external identity. It is no row: it names the federation and the time, and a MAC under
 * the robot's own token proves it. So it ends with the robot, its token, the federation, or its time.
 */

const prefix = 'federated.';
const lifeSeconds = 3600;
const purpose = 'wharf federated robot token';

const claimsSchema = z.object({ federation: z.number().int(), expiresMs: z.number().int() });

/** What an external issuer proved. */
export interface ProvedIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** For whom it was proved. */
  readonly audiences: readonly string[];
}

/** The external identities that may act as the robot; none for one that does not exist. */
export async function findRobotFederations(
  services: Services,
  robotName: string,
): Promise<RobotFederation[]> {
  const found = await findRobotCredentials(services.database.read, robotName);
  return found === undefined ? [] : listRobotFederations(services.database.read, found.account.id);
}

/**
 * A password of the robot for one hour, for an identity that its issuer proved. Throws DomainError `invalid_credentials` (no such robot, not an
 * identity of it or not meant for the audience that it states, robot or owner disabled).
 */
export async function createFederatedRobotToken(
  services: Services,
  input: { readonly robotName: string; readonly identity: ProvedIdentity; readonly ip: string | null },
): Promise<{ readonly token: string; readonly expiresMs: number }> {
  const { robotName, identity } = input;
  const expiresMs = services.clock.nowMs() + lifeSeconds * 1000;
  const token = await services.database.transaction(async (db) => {
    const robot = await findRobotCredentials(db, robotName);
    if (!robot?.account.enabled || !robot.ownerEnabled) throw refused();
    if (!isRobotAllowed(services.settings, robotName)) throw refused();
    const federation = await findRobotFederation(db, robot.account.id, identity);
    if (federation === undefined) throw refused();
    if (federation.audience !== null && !identity.audiences.includes(federation.audience)) {
      throw new DomainError(
        'invalid_credentials',
        `The external token is not meant for "${federation.audience}".`,
      );
    }
    await writeChangeLog(services, db, {
      kind: 'federated_robot_token_exchange',
      accountId: robot.ownerId,
      performer: { accountId: robot.account.id, ip: input.ip, metadata: {} },
      metadata: { subject: identity.subject, issuer: identity.issuer, robot: robotName },
    });
    const claims = Buffer.from(JSON.stringify({ federation: federation.id, expiresMs })).toString(
      'base64url',
    );
    return `${prefix}${claims}.${macOf(services, robot, claims)}`;
  });
  return { token, expiresMs };
}

export function isFederatedRobotToken(token: string): boolean {
  return token.startsWith(prefix);
}

/** Whether the token is one of the robot that is still in force. */
export async function verifyFederatedRobotToken(
  services: Services,
  robot: RobotCredentials,
  token: string,
): Promise<boolean> {
  const [claims = '', mac = '', ...more] = token.slice(prefix.length).split('.');
  if (more.length > 0 || !equalSecrets(mac, macOf(services, robot, claims))) return false;
  const { federation, expiresMs } = claimsSchema.parse(
    JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')),
  );
  if (expiresMs <= services.clock.nowMs()) return false;
  return hasRobotFederation(services.database.read, robot.account.id, federation);
}

function macOf(services: Services, robot: RobotCredentials, claims: string): string {
  const key = services.secretBox.decrypt(robot.tokenEncrypted);
  return createHmac('sha256', key).update(`${purpose}\n${claims}`).digest('base64url');
}

function refused(): DomainError {
  return new DomainError('invalid_credentials', 'The identity may not act as this robot.');
}

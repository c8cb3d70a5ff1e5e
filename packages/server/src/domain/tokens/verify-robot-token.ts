import { DomainError } from '#/domain/errors.ts';
import { isRobotAllowed } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { isFederatedRobotToken, verifyFederatedRobotToken } from './federated-robot-token.ts';
import { findRobotCredentials, type RobotCredentials } from './queries.ts';
import { equalSecrets } from './secrets.ts';

/** The robot called `name` (`namespace+short`) with this token, its own or one for an external identity (registry B5). Throws DomainError `invalid_credentials`, `account_disabled`. */
export async function verifyRobotToken(
  services: Services,
  name: string,
  token: string,
): Promise<Extract<Principal, { kind: 'robot' }>> {
  const found = await findRobotCredentials(services.database.read, name);
  if (found === undefined || !(await isTokenOf(services, found, token))) {
    throw new DomainError(
      'invalid_credentials',
      'Could not find a robot account with this user name and password.',
    );
  }
  const { account, ownerId, ownerName } = found;
  if (!isRobotAllowed(services.settings, account.name)) {
    throw new DomainError('account_disabled', 'Robot accounts are not in use on this registry.');
  }
  if (ownerId === null)
    throw new DomainError('invalid_credentials', 'The owner of the robot does not exist.');
  if (!found.ownerEnabled) {
    throw new DomainError(
      'account_disabled',
      `The owner "${ownerName}" of the robot is disabled. Please contact your administrator.`,
    );
  }
  if (!account.enabled) throw new DomainError('account_disabled', 'The robot account is disabled.');
  return { kind: 'robot', account: { id: account.id, uuid: account.uuid, name: account.name }, ownerId };
}

async function isTokenOf(services: Services, robot: RobotCredentials, token: string): Promise<boolean> {
  if (isFederatedRobotToken(token)) return verifyFederatedRobotToken(services, robot, token);
  return equalSecrets(token, services.secretBox.decrypt(robot.tokenEncrypted));
}

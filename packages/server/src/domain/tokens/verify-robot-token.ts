import { DomainError } from '#/domain/errors.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { findRobotCredentials } from './queries.ts';
import { equalSecrets } from './secrets.ts';

/** The robot called `name` (`namespace+short`) with this token (registry B5). Throws DomainError `invalid_credentials`, `account_disabled`. */
export async function verifyRobotToken(
  services: Services,
  name: string,
  token: string,
): Promise<Extract<Principal, { kind: 'robot' }>> {
  const found = await findRobotCredentials(services.database.read, name);
  const valid = found !== undefined && equalSecrets(token, services.secretBox.decrypt(found.tokenEncrypted));
  if (!valid) {
    throw new DomainError(
      'invalid_credentials',
      'Could not find a robot account with this user name and password.',
    );
  }
  const { account, ownerId, ownerName } = found;
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

import { DomainError } from '#/domain/errors.ts';
import { findAccountById, findAccountByName, isSuperuserNow } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import {
  verifyAccessToken,
  verifyAppToken,
  verifyOauthToken,
  verifyRobotToken,
} from '#/domain/tokens/index.ts';
import { type BasicCredentials, parseBasicCredentials } from './basic-credentials.ts';
import type { AuthEngine } from './engines/define-auth-engine.ts';
import { findRobotStamp, userStamp } from './stamps.ts';
import type { Subject } from './subject.ts';
import { verifyPassword } from './verify-password.ts';

export interface BasicAuth {
  readonly engine: AuthEngine;
  /** `SECRET_KEY` as 32 bytes. */
  readonly secretKey: Buffer;
}

/** Who sent the credentials, and how a token for them names the same again. */
export interface Identity {
  readonly principal: Principal;
  readonly subject: Subject;
}

/**
 * Whoever the `Authorization: Basic` header proves: `$token`, `$app`, `$oauthtoken`, a robot or a person (registry reference B5).
 * Throws `invalid_credentials`, `account_disabled`, `login_throttled`, each with a message that says what to do.
 */
export async function authenticateBasic(
  services: Services,
  auth: BasicAuth,
  header: string,
): Promise<Principal> {
  return (await identifyBasic(services, auth, header)).principal;
}

/** As authenticateBasic, with the subject for a registry token. */
export async function identifyBasic(services: Services, auth: BasicAuth, header: string): Promise<Identity> {
  const credentials = parseBasicCredentials(header);
  if (credentials === undefined) {
    throw new DomainError(
      'invalid_credentials',
      'The Authorization header cannot be read: send user name and password with the Basic scheme, in UTF-8.',
    );
  }
  switch (credentials.username) {
    case '$token':
      return identifyAccessToken(services, credentials.password);
    case '$app':
      return identifyAppToken(services, credentials.password);
    case '$oauthtoken':
      return identifyOauthToken(services, credentials.password);
    default:
      // An e-mail address may contain a plus too.
      return /^[^@]*\+[^@]*$/.test(credentials.username)
        ? identifyRobot(services, credentials)
        : identifyPerson(services, auth, credentials);
  }
}

async function identifyAccessToken(services: Services, token: string): Promise<Identity> {
  const principal = await verifyAccessToken(services, token);
  return { principal, subject: { kind: 'access-token', tokenName: principal.tokenName } };
}

async function identifyAppToken(services: Services, token: string): Promise<Identity> {
  if (!services.settings.featureAppSpecificTokens) {
    throw new DomainError('invalid_credentials', 'Application tokens are not in use on this registry.');
  }
  const principal = await verifyAppToken(services, token);
  if (principal.appToken === undefined) throw new Error('an app token was verified without telling which');
  const { account, appToken } = principal;
  return { principal, subject: { kind: 'app-token', uuid: appToken.uuid, accountName: account.name } };
}

async function identifyOauthToken(services: Services, token: string): Promise<Identity> {
  const principal = await verifyOauthToken(services, token);
  const { account, tokenUuid } = principal;
  return { principal, subject: { kind: 'oauth-token', uuid: tokenUuid, accountName: account.name } };
}

async function identifyRobot(services: Services, credentials: BasicCredentials): Promise<Identity> {
  // The stamp is read before the token is checked: a token changed in between leaves an old stamp, which gives nothing.
  const stamp = await findStampByName(services, credentials.username);
  const principal = await verifyRobotToken(services, credentials.username, credentials.password);
  const { uuid, name } = principal.account;
  return { principal, subject: { kind: 'robot', uuid, name, stamp: stamp ?? '' } };
}

async function findStampByName(services: Services, robotName: string): Promise<string | undefined> {
  const { read } = services.database;
  const robot = await findAccountByName(read, robotName);
  if (robot?.kind !== 'robot' || robot.ownerId === null) return undefined;
  const owner = await findAccountById(read, robot.ownerId);
  return owner && findRobotStamp(services, robot, owner);
}

async function identifyPerson(
  services: Services,
  auth: BasicAuth,
  credentials: BasicCredentials,
): Promise<Identity> {
  const account = await verifyPassword(services, auth, credentials);
  const { id, uuid, name } = account;
  return {
    principal: {
      kind: 'user',
      account: { id, uuid, name },
      superuser: await isSuperuserNow(services, account),
    },
    subject: { kind: 'user', uuid, name, stamp: userStamp(account) },
  };
}

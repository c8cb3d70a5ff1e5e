import { DomainError } from '#/domain/errors.ts';
import { findAccountById, findAccountByUuid, isSuperuserNow } from '#/domain/namespaces/index.ts';
import { anonymous, type Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import {
  findAccessTokenPrincipal,
  findAppTokenPrincipal,
  findOauthTokenPrincipal,
} from '#/domain/tokens/index.ts';
import { findRobotStamp, userStamp } from './stamps.ts';
import type { Subject } from './subject.ts';

type SubjectOf<Kind extends Subject['kind']> = Extract<Subject, { kind: Kind }>;

/**
 * The principal that a subject stands for now. Throws `invalid_credentials` when its account is gone or disabled, its credential was
 * changed or revoked, or it has expired.
 */
export async function resolveSubject(services: Services, subject: Subject): Promise<Principal> {
  const principal = await findPrincipal(services, subject);
  if (principal !== undefined) return principal;
  throw new DomainError(
    'invalid_credentials',
    'The credentials behind this registry token were changed, revoked or disabled. Log in again.',
  );
}

async function findPrincipal(services: Services, subject: Subject): Promise<Principal | undefined> {
  switch (subject.kind) {
    case 'anonymous':
      return anonymous;
    case 'user':
      return findUser(services, subject);
    case 'robot':
      return findRobotPrincipal(services, subject);
    case 'app-token':
      return findAppTokenPrincipal(services, subject.uuid);
    case 'oauth-token':
      return findOauthTokenPrincipal(services, subject.uuid);
    case 'access-token':
      return findAccessTokenPrincipal(services, subject.tokenName);
  }
}

async function findUser(services: Services, subject: SubjectOf<'user'>): Promise<Principal | undefined> {
  const account = await findAccountByUuid(services.database.read, subject.uuid);
  if (account?.kind !== 'user' || !account.enabled || userStamp(account) !== subject.stamp) return undefined;
  const { id, uuid, name } = account;
  return {
    kind: 'user',
    account: { id, uuid, name },
    superuser: await isSuperuserNow(services, account),
  };
}

async function findRobotPrincipal(
  services: Services,
  subject: SubjectOf<'robot'>,
): Promise<Principal | undefined> {
  const { read } = services.database;
  const robot = await findAccountByUuid(read, subject.uuid);
  if (robot?.kind !== 'robot' || !robot.enabled || robot.ownerId === null) return undefined;
  const owner = await findAccountById(read, robot.ownerId);
  if (!owner?.enabled || (await findRobotStamp(services, robot, owner)) !== subject.stamp) return undefined;
  const { id, uuid, name } = robot;
  return { kind: 'robot', account: { id, uuid, name }, ownerId: owner.id };
}

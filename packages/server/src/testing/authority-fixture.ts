import { identifyBasic } from '#/auth/authenticate-basic.ts';
import { createAuthority, type RegistryAuthority } from '#/auth/authority.ts';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import type { RegistryAction, RegistryTokenClaims } from '#/auth/registry-token-claims.ts';
import type { Subject } from '#/auth/subject.ts';
import { grantsOf } from '#/auth/token-grants.ts';
import type { Database } from '#/db/database.ts';
import type { RepositoryKind, Visibility } from '#/db/schema.ts';
import { createOrganization, createRobot, createUser } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { createTestServices } from '#/testing/services.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const host = 'registry.example.com';
/** The repository that `owner` administers, `alice` and the robot `acme+ci` write. */
export const path = { namespace: 'acme', name: 'app' };
const passwordHasher = createPasswordHasher({ rounds: 4 });

/** The rights of an answer in one word. */
export function rightsOf({ canPull, canPush, canDelete, isAdmin }: RegistryAuthority): string {
  return [canPull && 'pull', canPush && 'push', canDelete && 'delete', isAdmin && 'admin']
    .filter((right) => right !== false)
    .join(' ');
}

/** Authority over a new database, with accounts, one repository, and tokens for whoever is asked. */
export async function openAuthority(open: () => Promise<Database>, settings: Partial<DomainSettings> = {}) {
  const clock = manualClock(startMs);
  const database = await open();
  const services = createTestServices({ database, clock, settings, passwordHasher });
  // Changes made with these reach the first services through the database alone.
  const elsewhere = createTestServices({
    database,
    clock,
    settings,
    passwordHasher,
    secretBox: services.secretBox,
  });
  const owner = await createUser(services, { name: 'owner', password: 'correct-horse' });
  const alice = await createUser(services, { name: 'alice', password: 'correct-horse' });
  const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
  const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
  const create = (name: string, visibility: Visibility = 'private', kind: RepositoryKind = 'image') =>
    createRepository(services, { namespaceId: acme.id, name, visibility, kind, creator: undefined });
  const repository = await create('app');
  for (const delegate of [
    { kind: 'user', name: 'alice' },
    { kind: 'user', name: 'acme+ci' },
  ] as const) {
    await setRepositoryPermission(services, { repository, delegate, role: 'write' });
  }
  const authority = createAuthority(services);
  const subjectOf = async (username: string, password: string): Promise<Subject> => {
    const auth = { engine: openAuthEngine(services, 'database', {}), secretKey: Buffer.alloc(32, 7) };
    const header = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return (await identifyBasic(services, auth, header)).subject;
  };
  const claimsFor = (
    subject: Subject,
    actions: readonly RegistryAction[] = ['push', 'pull', '*'],
    name = 'acme/app',
  ): RegistryTokenClaims => {
    const access = [{ type: 'repository', name, actions }] as const;
    return {
      audience: host,
      expiresMs: startMs + 3_600_000,
      subject,
      access,
      grants: grantsOf(access, host, services.settings),
    };
  };
  const rights = async (claims: RegistryTokenClaims | undefined, at = path): Promise<string> =>
    rightsOf(await authority.authorize(claims, at));
  return {
    services,
    elsewhere,
    clock,
    owner,
    alice,
    acme,
    robot,
    repository,
    authority,
    create,
    subjectOf,
    claimsFor,
    rights,
  };
}

export type AuthorityFixture = Awaited<ReturnType<typeof openAuthority>>;

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  disableTeamSync,
  enableTeamSync,
  type FollowedTeam,
  findAccountByName,
  findTeam,
  findTeamSync,
  listStaleTeams,
  listTeamMembers,
} from '#/domain/namespaces/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { linkExternalPerson } from '#/domain/sign-in/index.ts';
import { manualClock } from '#/platform/clock.ts';
import type { PasswordHasher } from '#/platform/password-hasher.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import type { Directory, DirectoryMember } from './directory-groups.ts';
import { syncStaleTeams } from './sync-stale-teams.ts';
import { syncTeam, type TeamSyncResult } from './sync-team.ts';

const startMs = Date.UTC(2026, 0, 1);
const config = { group_dn: 'cn=dev,ou=groups' };
const signal = new AbortController().signal;

function member(username: string, email?: string): DirectoryMember {
  return { username, email };
}

/** A directory of this process whose group changes, ends and fails as a test wants. */
class Group implements Directory {
  readonly service = 'ldap';
  members: readonly DirectoryMember[] = [];
  pageSize = 2;
  /** Pages before the error. */
  failsAfter: number | undefined;
  fault: string | undefined;
  /** Happens after the last page. */
  atEnd: () => Promise<unknown> = async () => undefined;
  reads = 0;
  readonly groups = {
    findGroupFault: async (): Promise<string | undefined> => this.fault,
    listMembers: (): AsyncIterable<readonly DirectoryMember[]> => this.#pages(),
  };

  async *#pages(): AsyncIterable<readonly DirectoryMember[]> {
    this.reads += 1;
    for (
      let start = 0;
      start < this.members.length || this.failsAfter !== undefined;
      start += this.pageSize
    ) {
      if (this.failsAfter !== undefined && start / this.pageSize >= this.failsAfter) {
        throw new DomainError('directory_unavailable', 'The directory does not answer.');
      }
      yield this.members.slice(start, start + this.pageSize);
    }
    await this.atEnd();
  }
}

/** The same database, counting the transactions. */
function counted(database: Database): Database & { transactions: number } {
  const counting = {
    dialect: database.dialect,
    read: database.read,
    listing: database.listing,
    transactions: 0,
    transaction<T>(...work: Parameters<typeof database.transaction<T>>): Promise<T> {
      counting.transactions += 1;
      return database.transaction(...work);
    },
    epoch: () => database.epoch(),
    close: () => database.close(),
  };
  return counting;
}

eachDatabase('team synchronisation', (open) => {
  const hashers: PasswordHasher[] = [];
  after(() => Promise.all(hashers.map((hasher) => hasher.close())));

  const setUp = async (settings: Partial<DomainSettings> = {}) => {
    const clock = manualClock(startMs);
    const database = counted(await open());
    const services = createTestServices({ database, clock, settings });
    hashers.push(services.passwordHasher);
    const owner = await createUser(services, { name: 'olga', email: 'olga@example.com' });
    const organization = await createOrganization(services, { name: 'acme', ownerId: owner.id });
    const organizationId = organization.id;
    await createTeam(services, { organizationId, name: 'dev', role: 'member' });
    await createRobot(services, { owner: organization, shortName: 'ci' });
    await addTeamMember(services, { organizationId, team: 'dev', member: 'acme+ci' });
    const bind = () => enableTeamSync(services, { organizationId, team: 'dev', service: 'ldap', config });
    const { id: teamId } = await bind();
    const group = new Group();
    const followed = async (): Promise<FollowedTeam> => {
      const beforeMs = Number.MAX_SAFE_INTEGER;
      const [team] = await listStaleTeams(database.read, { service: 'ldap', beforeMs, fromId: 1, limit: 1 });
      assert.ok(team);
      return team;
    };
    const names = async () => (await listTeamMembers(database.read, teamId)).map(({ name }) => name);
    const sync = async (): Promise<TeamSyncResult> => syncTeam(services, await followed(), group, signal);
    const logs = async () => {
      const rows = await database.read
        .selectFrom('action_logs')
        .select(['kind', 'metadata_json'])
        .where('kind', 'in', ['org_add_team_member', 'org_remove_team_member'])
        .orderBy('id')
        .execute();
      return rows.map(({ kind, metadata_json }) => `${kind} ${JSON.parse(metadata_json).member}`);
    };
    return { services, clock, database, organizationId, teamId, group, bind, followed, names, sync, logs };
  };

  test('people come and go with the group, robots stay, and the log tells', async () => {
    const { services, database, group, teamId, names, sync, logs, clock } = await setUp();
    group.members = [member('Anna', 'anna@example.com'), member('bert'), member('carl')];
    assert.deepEqual(await sync(), { result: 'synced', added: 3, removed: 0, skipped: 0 });
    assert.deepEqual(await names(), ['acme+ci', 'anna', 'bert', 'carl']);
    assert.equal((await findAccountByName(database.read, 'anna'))?.email, 'anna@example.com');
    assert.equal((await findTeamSync(database.read, teamId))?.lastUpdatedMs, startMs);
    let published = 0;
    services.events.subscribe(() => {
      published += 1;
    });
    assert.deepEqual(await sync(), { result: 'synced', added: 0, removed: 0, skipped: 0 });
    assert.equal(published, 0);
    clock.advanceMs(1000);
    group.members = [member('bert'), member('dora')];
    assert.deepEqual(await sync(), { result: 'synced', added: 1, removed: 2, skipped: 0 });
    assert.deepEqual(await names(), ['acme+ci', 'bert', 'dora']);
    assert.ok(published >= 2);
    assert.deepEqual(await logs(), [
      ...['org_add_team_member acme+ci', 'org_add_team_member anna', 'org_add_team_member bert'],
      ...['org_add_team_member carl', 'org_add_team_member dora'],
      ...['org_remove_team_member anna', 'org_remove_team_member carl'],
    ]);
  });

  test('an account of the same name is nobody of the directory; somebody who signed in before is', async () => {
    const { services, database, group, names, sync } = await setUp();
    await createUser(services, { name: 'bert' });
    const known = await linkExternalPerson(services, {
      service: 'ldap',
      identifier: 'carl',
      username: 'carl',
      email: undefined,
      mayTakeSuperuserName: true,
    });
    group.members = [member('bert'), member('carl'), member('carl')];
    assert.deepEqual(await sync(), { result: 'synced', added: 2, removed: 0, skipped: 0 });
    const [, bert] = await names();
    assert.notEqual(bert, 'bert');
    assert.equal((await findAccountByName(database.read, 'carl'))?.id, known.id);
  });

  test('accounts are made for members also where people cannot register', async () => {
    const externalAccounts = {
      allowed: false,
      onlyInvited: true,
      confirmsUsername: false,
      asksForMetadata: false,
      refusedEmailDomains: [],
    };
    const { group, names, sync } = await setUp({ externalAccounts });
    group.members = [member('anna', 'anna@example.com')];
    assert.deepEqual(await sync(), { result: 'synced', added: 1, removed: 0, skipped: 0 });
    assert.deepEqual(await names(), ['acme+ci', 'anna']);
  });

  test('somebody who cannot have an account is skipped, and nobody whom the directory does not know leaves', async () => {
    const { services, organizationId, group, names, sync, followed } = await setUp();
    group.members = [member('anna'), member('bert')];
    await sync();
    await disableTeamSync(services, { organizationId, team: 'dev' });
    await addTeamMember(services, { organizationId, team: 'dev', member: 'olga' });
    await enableTeamSync(services, { organizationId, team: 'dev', service: 'ldap', config });
    group.members = [member('anna'), member('other', 'olga@example.com')];
    assert.deepEqual(await syncTeam(services, await followed(), group, signal), {
      result: 'synced',
      added: 0,
      removed: 1,
      skipped: 1,
    });
    assert.deepEqual(await names(), ['acme+ci', 'anna', 'olga']);
    group.members = [member('anna')];
    await sync();
    assert.deepEqual(await names(), ['acme+ci', 'anna']);
  });

  test('an error of the directory changes nothing, at once or half-way', async () => {
    const { database, group, teamId, names, sync, logs, clock } = await setUp();
    group.members = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => member(name));
    await sync();
    const before = [await names(), await logs(), (await findTeamSync(database.read, teamId))?.lastUpdatedMs];
    clock.advanceMs(5000);
    group.members = ['a1', 'b2', 'b3', 'b4'].map((name) => member(name));
    for (const failsAfter of [0, 1, 2]) {
      group.failsAfter = failsAfter;
      assert.equal((await sync()).result, 'failed');
      const present = [
        await names(),
        await logs(),
        (await findTeamSync(database.read, teamId))?.lastUpdatedMs,
      ];
      assert.deepEqual(present, before);
    }
    assert.equal(await findAccountByName(database.read, 'b2'), undefined);
  });

  test('an empty answer empties the team only if the group exists', async () => {
    const { group, names, sync } = await setUp();
    group.members = [member('anna')];
    await sync();
    group.members = [];
    group.fault = 'The directory has no such group.';
    assert.deepEqual(await sync(), { result: 'failed', reason: 'The directory has no such group.' });
    assert.deepEqual(await names(), ['acme+ci', 'anna']);
    group.fault = undefined;
    assert.deepEqual(await sync(), { result: 'synced', added: 0, removed: 1, skipped: 0 });
    assert.deepEqual(await names(), ['acme+ci']);
  });

  test('whoever read the group before somebody else changed the binding gives way', async () => {
    const { services, organizationId, group, bind, names, sync, followed } = await setUp();
    group.members = [member('anna')];
    await sync();
    const stale = await followed();
    group.members = [member('bert')];
    await sync();
    group.members = [member('anna')];
    assert.deepEqual(await syncTeam(services, stale, group, signal), { result: 'overtaken' });
    assert.deepEqual(await names(), ['acme+ci', 'bert']);
    // The binding ends, or is made anew, while the group is being read.
    group.atEnd = bind;
    assert.deepEqual(await sync(), { result: 'overtaken' });
    group.atEnd = () => disableTeamSync(services, { organizationId, team: 'dev' });
    assert.deepEqual(await sync(), { result: 'overtaken' });
    assert.deepEqual(await names(), ['acme+ci', 'bert']);
  });

  test('two nodes at once end with what the group says', async (t) => {
    const { services, group, names, followed, logs } = await setUp();
    group.members = Array.from({ length: 30 }, (_, index) => member(`person${index + 10}`));
    const team = await followed();
    const other = createTestServices({ database: services.database, clock: services.clock });
    t.after(() => other.passwordHasher.close());
    const results = await Promise.all(
      [services, other, services].map((node) => syncTeam(node, team, group, signal)),
    );
    assert.equal(results.filter(({ result }) => result === 'synced').length, 1);
    assert.equal(results.filter(({ result }) => result === 'overtaken').length, 2);
    assert.deepEqual(
      (await names()).slice(1),
      group.members.map(({ username }) => username),
    );
    assert.equal((await logs()).length, 31);
  });

  test('a round reads what is stale, each once, and rests from a directory that fails', async () => {
    const { services, clock, database, organizationId, group, names } = await setUp();
    group.members = [member('anna')];
    const round = (options: { readonly signal?: AbortSignal; readonly service?: string } = {}) => {
      const results: string[] = [];
      const onResult = ({ result }: TeamSyncResult): void => void results.push(result);
      const openDirectory = (): Directory => group;
      const input = { service: 'ldap', staleSeconds: 60, signal, openDirectory, onResult, ...options };
      return syncStaleTeams(services, input).then(() => results);
    };
    assert.deepEqual(await round({ service: 'keystone' }), []);
    assert.deepEqual(await round({ signal: AbortSignal.abort() }), []);
    assert.deepEqual(await round(), ['synced']);
    assert.deepEqual(await round(), []);
    assert.deepEqual(await names(), ['acme+ci', 'anna']);
    clock.advanceMs(60_001);
    for (let index = 0; index < 8; index += 1) {
      await createTeam(services, { organizationId, name: `more${index}`, role: 'member' });
      await enableTeamSync(services, { organizationId, team: `more${index}`, service: 'ldap', config });
    }
    group.failsAfter = 0;
    assert.deepEqual(
      await round(),
      Array.from({ length: 5 }, () => 'failed'),
    );
    group.failsAfter = undefined;
    assert.deepEqual(
      await round(),
      Array.from({ length: 9 }, () => 'synced'),
    );
    const last = await findTeam(database.read, organizationId, 'more7');
    assert.equal((await listTeamMembers(database.read, last?.id ?? 0)).length, 1);
  });

  test('a group of 10,000 costs transactions by the hundred, and one without an end is refused', async () => {
    const { database, group, sync, teamId } = await setUp();
    // Only on the embedded one accounts are made in no time.
    const size = database.dialect === 'sqlite' ? 10_000 : 600;
    const everybody = Array.from({ length: size }, (_, index) => member(`person${index}`));
    group.pageSize = 1000;
    const costOf = async (members: readonly DirectoryMember[]) => {
      group.members = members;
      database.transactions = 0;
      return [await sync(), database.transactions];
    };
    const half = size / 2;
    assert.deepEqual(await costOf(everybody), [
      { result: 'synced', added: size, removed: 0, skipped: 0 },
      size + size / 200 + 2,
    ]);
    assert.deepEqual(await costOf(everybody), [{ result: 'synced', added: 0, removed: 0, skipped: 0 }, 2]);
    const [result, transactions] = await costOf(everybody.slice(0, half));
    assert.deepEqual(result, { result: 'synced', added: 0, removed: half, skipped: 0 });
    assert.ok(Number(transactions) <= half / 100 + 3, String(transactions));
    const { count } = await database.read
      .selectFrom('team_members')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('team_id', '=', teamId)
      .executeTakeFirstOrThrow();
    assert.equal(Number(count), half + 1);
    let pages = 0;
    group.groups.listMembers = async function* () {
      for (; ; pages += 1) yield Array.from({ length: 1000 }, (_, index) => member(`${pages}-${index}`));
    };
    assert.equal((await sync()).result, 'failed');
    assert.equal(pages, 50);
  });
});

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName, listFederatedLogins, setAccountEnabled } from '#/domain/namespaces/index.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { type ManualClock, manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

/** Somebody whose password the opened engine can check. */
export interface EnginePerson {
  readonly login: string;
  readonly password: string;
  /** Of the account here after the first sign-in. */
  readonly name: string;
  readonly email?: string;
}

/** An engine, with the system behind it in the hands of the test. */
export interface OpenedEngine {
  readonly engine: AuthEngine;
  /** Two at least, with different passwords; nobody where no password is ever right. */
  readonly people: readonly EnginePerson[];
  /** For engines that ask a system outside of the registry. */
  readonly remote?: {
    /** Connections are refused from now on. */
    halt(): Promise<void>;
    /** Connections are taken, and nothing answers. */
    hang(): Promise<void>;
    /** All is well again. */
    resume(): Promise<void>;
    changePassword(person: EnginePerson, password: string): Promise<void>;
    /** Passwords that it was asked about so far. */
    countChecks(): Promise<number>;
  };
}

export interface AuthEngineHarness {
  /** Why this machine cannot have it, or false. */
  readonly skip?: string | false;
  /** Whether passwords are checked in this registry, by another system, or never. */
  readonly checks: 'here' | 'remotely' | 'never';
  /** A call outside must end within `timeoutMs` where the engine can be told so. Ends with the test. */
  open(t: TestContext, services: Services, options: { readonly timeoutMs: number }): Promise<OpenedEngine>;
}

/** Longest that anybody waits for a system that is known not to answer. */
const quickMs = 1900;
const timeoutMs = 1000;
const startMs = Date.UTC(2026, 0, 1);

/** Every promise of `AuthEngine`, for one engine. */
export function authEngineConformance(title: string, harness: AuthEngineHarness): void {
  describe(`engine: ${title}`, { skip: harness.skip ?? false }, () => {
    eachDatabase(title, (openDatabase) => {
      const setUp = async (t: TestContext, settings: Partial<DomainSettings> = {}) => {
        const clock = manualClock(startMs);
        const services = createTestServices({ database: await openDatabase(), clock, settings });
        const opened = await harness.open(t, services, { timeoutMs });
        t.after(async () => {
          await opened.engine.close?.();
          await services.passwordHasher.close();
        });
        return { clock, services, ...opened, verify: outcomes(opened.engine) };
      };

      test('the right password, and nothing else', async (t) => {
        const { engine, people, verify, clock } = await setUp(t);
        for (const { login, password, name } of people) {
          assert.equal(await verify(login, password), name);
          for (const wrong of [`${password}x`, '', `${password}\u0000`]) {
            assert.equal(await verify(login, wrong), 'invalid_credentials', JSON.stringify(wrong));
            clock.advanceMs(3_600_000);
          }
          assert.equal(await verify(login, password), name);
        }
        for (const login of [
          'nobody-of-that-name',
          '',
          '*',
          'nobody@example.com',
          '\u0000',
          'a'.repeat(5000),
        ]) {
          assert.equal(await verify(login, 'some-password'), 'invalid_credentials', JSON.stringify(login));
          clock.advanceMs(3_600_000);
        }
        assert.equal(engine.checksPasswords, harness.checks !== 'never');
        if (harness.checks !== 'never')
          assert.equal(engine.service !== undefined, harness.checks === 'remotely');
      });

      test('ends once and twice', async (t) => {
        const { engine } = await setUp(t);
        assert.equal(await engine.findFault?.(), undefined);
        await engine.close?.();
        await engine.close?.();
      });

      if (harness.checks !== 'never') checkPeople(setUp);
      if (harness.checks !== 'remotely') return;
      checkAccounts(setUp);
      checkStorms(setUp);
      checkOutages(setUp);
    });
  });
}

type SetUp = (
  t: TestContext,
  settings?: Partial<DomainSettings>,
) => Promise<
  OpenedEngine & {
    readonly clock: ManualClock;
    readonly services: Services;
    readonly verify: (login: string, password: string) => Promise<string>;
  }
>;

/** The name of the account, or the code of the refusal. */
function outcomes(engine: AuthEngine) {
  return async (login: string, password: string): Promise<string> => {
    const result = await engine.verify(login, password);
    return 'account' in result ? result.account.name : result.refusal.code;
  };
}

function checkPeople(setUp: SetUp): void {
  test('a disabled account is told apart only by who knows the password', async (t) => {
    const { services, engine, people, verify } = await setUp(t);
    const [person] = people;
    assert.ok(person);
    await verify(person.login, person.password);
    const account = await findAccountByName(services.database.read, person.name);
    assert.ok(account);
    await setAccountEnabled(services, { accountId: account.id, enabled: false });
    const result = await engine.verify(person.login, person.password);
    assert.ok('account' in result && !result.account.enabled);
    assert.equal(await verify(person.login, 'wrong-password'), 'invalid_credentials');
  });

  test('wrong passwords back off, and other people do not notice', async (t) => {
    const { clock, people, verify } = await setUp(t);
    const [first, second] = people;
    assert.ok(first && second);
    assert.equal(await verify(first.login, 'wrong-password'), 'invalid_credentials');
    assert.equal(await verify(first.login, first.password), 'login_throttled');
    assert.equal(await verify(second.login, second.password), second.name);
    clock.advanceMs(60_000);
    assert.equal(await verify(first.login, first.password), first.name);
  });

  test('guesses made at the same time count one after the other', async (t) => {
    const { people, verify } = await setUp(t);
    const [person] = people;
    assert.ok(person);
    const guesses = Array.from({ length: 20 }, (_, i) => verify(person.login, `guess-${i}`));
    const found = await Promise.all(guesses);
    assert.equal(found.filter((outcome) => outcome === 'invalid_credentials').length, 1);
  });
}

function checkAccounts(setUp: SetUp): void {
  test('the first sign-in makes one account and links it', async (t) => {
    const { services, engine, people, verify } = await setUp(t);
    const [person] = people;
    assert.ok(engine.service !== undefined && person);
    const before = await findAccountByName(services.database.read, person.name);
    assert.equal(before, undefined);
    const { login, password, name } = person;
    const found = await Promise.all(Array.from({ length: 8 }, () => verify(login, password)));
    assert.deepEqual(new Set(found), new Set([name]));
    const account = await findAccountByName(services.database.read, name);
    assert.ok(account);
    assert.equal(account.passwordHash, null);
    assert.equal(account.email ?? undefined, person.email);
    const links = await listFederatedLogins(services.database.read, account.id);
    assert.deepEqual(
      links.map(({ service }) => service),
      [engine.service],
    );
  });

  test('where no accounts are made, strangers are refused and told so', async (t) => {
    const { services, people, verify } = await setUp(t, {
      externalAccounts: {
        allowed: false,
        onlyInvited: false,
        confirmsUsername: false,
        asksForMetadata: false,
        refusedEmailDomains: [],
      },
    });
    const [person] = people;
    assert.ok(person);
    assert.equal(await verify(person.login, person.password), 'denied');
    assert.equal(await findAccountByName(services.database.read, person.name), undefined);
  });
}

function checkStorms(setUp: SetUp): void {
  test('a storm of log-ins asks the other system once a person', async (t) => {
    const { people, remote, verify, clock } = await setUp(t);
    assert.ok(remote);
    const before = await remote.countChecks();
    const storm = people.flatMap(({ login, password, name }) =>
      Array.from({ length: 50 }, async () => assert.equal(await verify(login, password), name)),
    );
    await Promise.all(storm);
    assert.equal((await remote.countChecks()) - before, people.length);
    clock.advanceMs(60_000);
    const [person] = people;
    assert.ok(person);
    assert.equal(await verify(person.login, person.password), person.name);
    assert.equal((await remote.countChecks()) - before, people.length + 1);
  });

  test('a password changed over there counts here after 10 s', async (t) => {
    const { people, remote, verify, clock } = await setUp(t);
    const [person] = people;
    assert.ok(remote && person);
    assert.equal(await verify(person.login, person.password), person.name);
    await remote.changePassword(person, 'another-password');
    clock.advanceMs(10_000);
    assert.equal(await verify(person.login, person.password), 'invalid_credentials');
    clock.advanceMs(60_000);
    assert.equal(await verify(person.login, 'another-password'), person.name);
    await remote.changePassword(person, person.password);
  });
}

function checkOutages(setUp: SetUp): void {
  for (const fault of ['halt', 'hang'] as const) {
    test(`a system that ${fault}s: quick refusals that are no verdict, and back without a restart`, async (t) => {
      const { people, remote, engine, verify, clock } = await setUp(t);
      const [person, other] = people;
      assert.ok(remote && person && other);
      assert.equal(await verify(person.login, person.password), person.name);
      await remote[fault]();
      // What was right a moment ago needs nobody.
      assert.equal(await verify(person.login, person.password), person.name);
      await assert.rejects(verify(other.login, other.password), isOutage);
      const atMs = performance.now();
      const refused = Array.from({ length: 50 }, () =>
        assert.rejects(verify(other.login, other.password), isOutage),
      );
      await Promise.all(refused);
      assert.ok(performance.now() - atMs < quickMs, `${performance.now() - atMs} ms`);
      const text = await engine.findFault?.();
      assert.ok(engine.findFault === undefined || text !== undefined);
      await remote.resume();
      clock.advanceMs(60_000);
      assert.equal(await verify(other.login, other.password), other.name);
      assert.equal(await engine.findFault?.(), undefined);
    });
  }
}

function isOutage(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    error.code === 'directory_unavailable' &&
    (error.retryAfterSeconds ?? 0) >= 1
  );
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganization,
  createUser,
  findAccountByName,
  setAccountEnabled,
  setPassword,
} from '#/domain/namespaces/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher, type PasswordHasher } from '#/platform/password-hasher.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { openAuthEngine } from './open-auth-engine.ts';

const startMs = Date.UTC(2026, 0, 1);

/** The code of a refusal, or the name of the account. */
type Outcome = string;

/** A real hasher that counts and, while asked to, holds back its answers. */
function observedHasher(): PasswordHasher & { readonly verifications: string[]; hold: Promise<void> } {
  const hasher = createPasswordHasher({ rounds: 4 });
  const verifications: string[] = [];
  return {
    verifications,
    hold: Promise.resolve(),
    hash: (password) => hasher.hash(password),
    async verify(password, hash) {
      verifications.push(password);
      await this.hold;
      return hasher.verify(password, hash);
    },
    close: () => hasher.close(),
  };
}

eachDatabase('database engine', (open) => {
  const setUp = async (settings: Partial<DomainSettings> = {}) => {
    const clock = manualClock(startMs);
    const hasher = observedHasher();
    const services = createTestServices({ database: await open(), clock, passwordHasher: hasher });
    const alice = await createUser(services, {
      name: 'alice',
      email: 'alice@example.com',
      password: 'correct-horse',
    });
    const engine = openAuthEngine(
      { ...services, settings: { ...services.settings, ...settings } },
      'database',
      {},
    );
    const verify = async (login: string, password: string): Promise<Outcome> => {
      const result = await engine.verify(login, password);
      return 'account' in result ? result.account.name : result.refusal.code;
    };
    const retryAfter = async (login: string, password: string): Promise<number | undefined> => {
      const result = await engine.verify(login, password);
      return 'refusal' in result ? result.refusal.retryAfterSeconds : undefined;
    };
    return { services, clock, hasher, alice, engine, verify, retryAfter };
  };

  test('name or e-mail address and the right password', async () => {
    const { services, verify, alice } = await setUp();
    await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await createUser(services, { name: 'federated' });
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
    assert.equal(await verify('alice@example.com', 'correct-horse'), 'alice');
    for (const login of ['nobody', 'nobody@example.com', 'acme', 'federated', 'ALICE']) {
      assert.equal(await verify(login, 'correct-horse'), 'invalid_credentials', login);
    }
  });

  test('a disabled account is told apart only by who knows the password', async () => {
    const { services, engine, alice, verify } = await setUp();
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    const result = await engine.verify('alice', 'correct-horse');
    assert.ok('account' in result && !result.account.enabled);
    assert.equal(await verify('alice', 'wrong'), 'invalid_credentials');
  });

  test('the back-off doubles: 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s', async () => {
    const { clock, verify, retryAfter } = await setUp();
    for (const windowMs of [500, 1500, 3500, 7500, 15_500, 31_500]) {
      assert.equal(await verify('alice', 'wrong'), 'invalid_credentials');
      assert.equal(await retryAfter('alice', 'correct-horse'), Math.ceil(windowMs / 1000));
      clock.advanceMs(windowMs - 1);
      assert.equal(await verify('alice', 'correct-horse'), 'login_throttled');
      assert.equal(await verify('alice', 'wrong'), 'login_throttled');
      clock.advanceMs(1);
    }
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
    assert.equal(await verify('alice', 'wrong'), 'invalid_credentials');
    assert.equal(await retryAfter('alice', 'correct-horse'), 1);
  });

  test('the count is stored, so that other processes know it', async () => {
    const { services, verify } = await setUp();
    await verify('alice', 'wrong');
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 1);
    assert.equal(account?.lastInvalidLoginMs, startMs);
    const elsewhere = openAuthEngine(services, 'Database', {});
    const result = await elsewhere.verify('alice', 'correct-horse');
    assert.ok('refusal' in result && result.refusal.code === 'login_throttled');
  });

  test('a new password ends the back-off', async () => {
    const { services, alice, verify } = await setUp();
    await verify('alice', 'wrong');
    await setPassword(services, { accountId: alice.id, password: 'another-horse' });
    assert.equal(await verify('alice', 'another-horse'), 'alice');
  });

  test('unknown people cost a hash and back off like known ones', async () => {
    const { verify, hasher, clock, services } = await setUp();
    assert.equal(await verify('mallory', 'guess-one'), 'invalid_credentials');
    assert.deepEqual(hasher.verifications, ['guess-one']);
    assert.equal(await verify('mallory', 'guess-two'), 'login_throttled');
    clock.advanceMs(500);
    assert.equal(await verify('mallory', 'guess-two'), 'invalid_credentials');
    clock.advanceMs(1499);
    assert.equal(await verify('mallory', 'guess-two'), 'login_throttled');
    await createUser(services, { name: 'mallory', password: 'fresh-start' });
    assert.equal(await verify('mallory', 'fresh-start'), 'mallory');
  });

  test('guesses made at the same time count one after the other', async () => {
    const { verify, hasher } = await setUp();
    const guesses = Array.from({ length: 20 }, (_, i) => verify('alice', `guess-${i}`));
    const outcomes = await Promise.all(guesses);
    assert.deepEqual(outcomes.toSorted(), [
      'invalid_credentials',
      ...Array.from({ length: 19 }, () => 'login_throttled'),
    ]);
    assert.equal(hasher.verifications.length, 1);
  });

  test('a storm of equal log-ins hashes once', async () => {
    const { verify, hasher, clock } = await setUp();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => verify('alice', 'correct-horse')));
    assert.equal(new Set(outcomes).size, 1);
    assert.deepEqual(hasher.verifications, ['correct-horse']);
    clock.advanceMs(60_000);
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
    assert.equal(hasher.verifications.length, 2);
  });

  test('what was right a moment ago is wrong once the password changed elsewhere', async () => {
    const { services, alice, verify } = await setUp();
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
    const elsewhere = createTestServices({ database: services.database, clock: services.clock });
    await setPassword(elsewhere, { accountId: alice.id, password: 'another-horse' });
    assert.equal(await verify('alice', 'correct-horse'), 'invalid_credentials');
  });

  test('one account does not wait for another', async () => {
    const { services, verify, hasher } = await setUp();
    await createUser(services, { name: 'bobby', password: 'staple-battery' });
    assert.equal(await verify('bobby', 'staple-battery'), 'bobby');
    let release = (): void => undefined;
    hasher.hold = new Promise((resolve) => {
      release = resolve;
    });
    const held = verify('alice', 'correct-horse');
    assert.equal(await verify('bobby', 'staple-battery'), 'bobby');
    release();
    assert.equal(await held, 'alice');
  });

  test('a read-only registry still logs people in and backs off, without a write', async () => {
    const { services, verify, clock } = await setUp({ readOnly: true });
    assert.equal(await verify('alice', 'wrong'), 'invalid_credentials');
    assert.equal(await verify('alice', 'correct-horse'), 'login_throttled');
    clock.advanceMs(500);
    assert.equal(await verify('alice', 'correct-horse'), 'alice');
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 0);
  });

  test('an unknown engine is refused with the known ones', async () => {
    const { services } = await setUp();
    assert.throws(() => openAuthEngine(services, 'Oracle', {}), /"Oracle".*known: Database/);
  });
});

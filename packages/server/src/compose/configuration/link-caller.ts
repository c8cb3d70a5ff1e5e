import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { authEngineSettings } from '#/compose/settings.ts';
import type { Configuration } from '#/config/configuration.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, detachFederatedLogin, listFederatedLogins } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { attachExternalLogin } from '#/domain/sign-in/index.ts';

/**
 * Links the superuser who changes `AUTHENTICATION_TYPE` to the person of the same name in the new directory, so that the change keeps
 * nobody out: without the link that person would get a new account. Throws DomainError `invalid_request` when the password there is not given or
 * not right.
 */
export async function linkCaller(
  services: Services,
  input: {
    readonly account: Account;
    readonly password: string | undefined;
    readonly running: Configuration;
    readonly wanted: Configuration;
  },
): Promise<void> {
  const { account, password } = input;
  const { name, config } = authEngineSettings(input.wanted);
  if (name === authEngineSettings(input.running).name) return;
  const engine = openAuthEngine(services, name, config);
  try {
    const { service, checksPasswords, people } = engine;
    if (service === undefined || !checksPasswords) return;
    const links = await listFederatedLogins(services.database.read, account.id);
    if (links.some((link) => link.service === service)) return;
    if (password === undefined || password === '') {
      throw new DomainError(
        'invalid_request',
        'AUTHENTICATION_TYPE changes: send your password of the new directory as "password", so that your account is linked to you there and you can sign in afterwards.',
      );
    }
    const person = people === undefined ? { username: account.name } : await people.findPerson(account.name);
    if (person === undefined) throw refused(account, 'nobody there is called so');
    await attachExternalLogin(services, { account, service, identifier: person.username, metadata: {} });
    let proved = false;
    try {
      const verification = await engine.verify(account.name, password);
      proved = 'account' in verification && verification.account.id === account.id;
      if (proved) return;
      throw refused(
        account,
        'refusal' in verification ? verification.refusal.message : 'another account signs in',
      );
    } finally {
      // Also when the directory broke off: a link that nothing proved would let another person of that name in.
      if (!proved) await detachFederatedLogin(services, { accountId: account.id, service });
    }
  } finally {
    await engine.close?.();
  }
}

function refused({ name }: Account, reason: string): DomainError {
  return new DomainError(
    'invalid_request',
    `You would not be able to sign in as "${name}" after this change: ${reason}. On the machine, "wharf user link-directory ${name} --as LOGIN" links the account to another name.`,
  );
}

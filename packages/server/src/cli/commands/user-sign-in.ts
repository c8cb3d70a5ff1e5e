import type { Command } from 'commander';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { operatorAction } from '#/cli/operator-action.ts';
import type { Configuration } from '#/config/configuration.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { getUser } from './named-things.ts';
import { readPassword } from './read-password.ts';

/** The commands of `wharf user` that ask the engine of `AUTHENTICATION_TYPE`. */
export function registerUserSignIn(group: Command): void {
  const encrypted = group
    .command('encrypted-password <name>')
    .description('print the encrypted form of a password, for clients that store it')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText(
      'after',
      `
The password is checked first. The encrypted form ends with SECRET_KEY and with the password.

Example:
  wharf user encrypted-password alice --password-stdin < password.txt`,
    );
  operatorAction<{ readonly passwordStdin?: boolean }>(
    encrypted,
    async (services, [name = ''], options, configuration) => {
      const user = await getUser(services, name);
      const password = await readPassword(options.passwordStdin);
      const engine = await openEngine(services, configuration);
      try {
        if (!engine.checksPasswords) {
          throw new DomainError(
            'invalid_request',
            'This registry takes no passwords: see wharf token create.',
          );
        }
        const { findSignInName } = await import('#/auth/verify-own-password.ts');
        const { encryptPassword } = await import('#/auth/encrypted-password.ts');
        const login = await findSignInName(services, engine, user);
        const verification = await engine.verify(login, password);
        if ('refusal' in verification) throw verification.refusal;
        if (verification.account.id !== user.id) {
          throw new DomainError(
            'invalid_credentials',
            `${login} signs in as ${verification.account.name}, not as ${user.name}.`,
          );
        }
        const key = encryptPassword(configuration.secrets.secretKey, password);
        return { json: { name: user.name, login, encrypted_password: key }, text: `${login} ${key}` };
      } finally {
        await engine.close?.();
      }
    },
  );

  const link = group
    .command('link-directory <name>')
    .description('let a person of the directory sign in as a user who exists already')
    .option('--as <login>', 'what the directory calls the person (default: the name of the user)')
    .addHelpText(
      'after',
      `
For users from before AUTHENTICATION_TYPE was changed: without a link the directory's person gets a new account.

Example:
  wharf user link-directory alice --as alice.smith`,
    );
  operatorAction<{ readonly as?: string }>(link, async (services, [name = ''], options, configuration) => {
    const user = await getUser(services, name);
    const engine = await openEngine(services, configuration);
    try {
      const { service, people } = engine;
      if (service === undefined) {
        throw new DomainError(
          'invalid_request',
          'AUTHENTICATION_TYPE names no directory: there is nothing to link.',
        );
      }
      const login = options.as ?? name;
      const person = people === undefined ? { username: login } : await people.findPerson(login);
      if (person === undefined)
        throw new DomainError('not_found', `The directory has no person called ${login}.`);
      const { attachExternalLogin } = await import('#/domain/sign-in/index.ts');
      await attachExternalLogin(services, {
        account: user,
        service,
        identifier: person.username,
        metadata: {},
      });
      return {
        json: { name: user.name, service, identifier: person.username },
        text: `${person.username} of the directory signs in as ${user.name}.`,
      };
    } finally {
      await engine.close?.();
    }
  });
}

async function openEngine(services: Services, configuration: Configuration): Promise<AuthEngine> {
  const { openAuthEngine } = await import('#/auth/engines/open-auth-engine.ts');
  const { authEngineSettings } = await import('#/compose/settings.ts');
  const { name, config } = authEngineSettings(configuration);
  return openAuthEngine(services, name, config);
}

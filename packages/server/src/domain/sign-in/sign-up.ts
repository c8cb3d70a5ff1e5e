import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import { type Account, asAlreadyExists, prepareUser, storeUser } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { requireMailer } from './mails.ts';
import { insertPrompt } from './queries-prompts.ts';

export interface SignUpRules {
  /** Domains whose addresses are refused; their subdomains too. */
  readonly refusedEmailDomains: readonly string[];
  /** Ask for name and company at the first sign-in (`FEATURE_USER_METADATA`). */
  readonly asksForMetadata: boolean;
}

/**
 * Registers a person. With mailing on, the account waits for the confirmation of its address, unless `emailIsKnown` says that the
 * registration came through a mail to it. Throws DomainError as createUser, and `invalid_request` for an address that is
 * refused, and before anything is stored when its confirmation could not be mailed.
 */
export async function signUp(
  services: Services,
  rules: SignUpRules,
  input: {
    readonly name: string;
    readonly password: string;
    readonly email: string | undefined;
    readonly emailIsKnown: boolean;
    readonly performer: Performer;
  },
): Promise<Account> {
  if (input.email !== undefined) refuseEmailDomain(rules.refusedEmailDomains, input.email);
  const verified = services.settings.featureMailing !== true || input.emailIsKnown;
  if (!verified) requireMailer(services);
  const row = await prepareUser(services, { ...input, verified });
  return asAlreadyExists('The user name or e-mail address is already in use.', () =>
    services.database.transaction(async (db) => {
      const account = await storeUser(services, db, row, input.performer);
      if (rules.asksForMetadata) {
        await insertPrompt(db, account.id, 'enter_name');
        await insertPrompt(db, account.id, 'enter_company');
      }
      return account;
    }),
  );
}

/** Throws DomainError `invalid_request` for an address of a refused domain or of one below it. */
export function refuseEmailDomain(refused: readonly string[], email: string): void {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const isRefused = refused.some((entry) => domain === entry || domain.endsWith(`.${entry}`));
  if (!isRefused) return;
  throw new DomainError('invalid_request', 'E-mail addresses of this domain cannot be used here.');
}

import type { z } from 'zod';
import type { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';

/** The account, enabled or not, as it was when the check began; or why the password was refused. */
export type Verification = { readonly account: Account } | { readonly refusal: DomainError };

/** Where the passwords of people are checked. */
export interface AuthEngine {
  /** Throws only for what is not the fault of the person: an outage, overload. */
  verify(usernameOrEmail: string, password: string): Promise<Verification>;
}

export interface AuthEngineDefinition<Config> {
  /** Value of `AUTHENTICATION_TYPE`. */
  readonly name: string;
  readonly config: z.ZodType<Config>;
  create(services: Services, config: Config): AuthEngine;
}

/** An engine whose configuration type is hidden, for the list of all. */
export interface AuthEnginePlug {
  readonly name: string;
  /** Throws a ZodError when the configuration does not fit. */
  open(services: Services, config: unknown): AuthEngine;
}

/** The one shape of all authentication engines. */
export function defineAuthEngine<Config>(definition: AuthEngineDefinition<Config>): AuthEnginePlug {
  return {
    name: definition.name,
    open: (services, config) => definition.create(services, definition.config.parse(config)),
  };
}

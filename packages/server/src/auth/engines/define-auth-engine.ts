import type { z } from 'zod';
import type { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { DirectoryRights, Services } from '#/domain/services.ts';

/** The account, enabled or not, as it was when the check began; or why the password was refused. */
export type Verification = { readonly account: Account } | { readonly refusal: DomainError };

/** A person as a directory outside of the registry knows one. */
export interface DirectoryPerson {
  /** What the directory calls the person: the identifier of the link to the account here. */
  readonly username: string;
  readonly email: string | undefined;
}

/** Search for people in a directory; throws DomainError `directory_unavailable` while it does not answer. */
export interface UserDirectory {
  /** The person with exactly this name or address. */
  findPerson(usernameOrEmail: string): Promise<DirectoryPerson | undefined>;
  /** At most `limit` people whose name or address starts so; empty for a directory that cannot search. */
  findPeople(prefix: string, limit: number): Promise<readonly DirectoryPerson[]>;
}

/** Groups of a directory that teams can follow; `group` is the configuration of the team's synchronisation, e.g. `{group_dn}`. */
export interface GroupDirectory {
  /** Keys that `group` must have, e.g. `group_dn`. */
  readonly groupKeys: readonly string[];
  /** Says why the group cannot be followed, or undefined when it can. Throws while the directory does not answer. */
  findGroupFault(group: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  /** All members, a page at a time. Throws at the first error of the directory: what came before is not the whole group. */
  listMembers(group: Readonly<Record<string, unknown>>): AsyncIterable<readonly DirectoryPerson[]>;
}

/** Rights that follow from what the directory has of a person. */
export interface DerivedRights {
  /** Of the person with this identifier, at most some seconds old; the least rights while the directory does not answer. */
  find(identifier: string): Promise<DirectoryRights>;
}

/** Where the passwords of people are checked. */
export interface AuthEngine {
  /**
   * Throws only for what is not the fault of the person: an outage, overload. A first sign-in from a directory makes the account
   * (`linkExternalPerson`).
   */
  verify(usernameOrEmail: string, password: string): Promise<Verification>;
  /** Service of the links from accounts to this directory (`ldap`, `jwtauthn`, `keystone`, `oidc`); absent where people live in our database only. */
  readonly service?: string;
  /** False where no password of a person is ever checked: no encrypted passwords, and every session counts as fresh. */
  readonly checksPasswords: boolean;
  readonly people?: UserDirectory;
  readonly groups?: GroupDirectory;
  /** Absent where the configuration derives none. */
  readonly rights?: DerivedRights;
  /** Undefined when the engine can work now, else what is wrong, without secrets; within 5 s. For health and `wharf doctor`. */
  findFault?(): Promise<string | undefined>;
  /** Ends connections and timers; verifications that run may fail. */
  close?(): Promise<void>;
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

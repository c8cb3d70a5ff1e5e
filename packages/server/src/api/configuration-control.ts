import type { Performer } from '#/domain/logs/index.ts';
import type { Account } from '#/domain/namespaces/index.ts';

/** The superuser who changes the configuration. */
export interface ConfigurationAuthor {
  readonly account: Account;
  readonly performer: Performer;
}

/** The configuration in the directory of this node, which may be ahead of what runs. */
export interface StoredConfiguration {
  /** Version that the directory holds; null before there was one. */
  readonly version: number | null;
  /** Keys of `config.yaml` with every secret masked. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Keys whose change waits for a restart. */
  readonly waiting: readonly string[];
  /** Why nothing can be saved, or undefined. */
  readonly writeFault: string | undefined;
}

/** What a change did. */
export interface SavedConfiguration {
  readonly version: number;
  /** Changed keys and files that count from now on, on every node within seconds. */
  readonly now: readonly string[];
  /** Changed keys and files that wait for a restart of each node. */
  readonly restart: readonly string[];
}

export interface ConfigurationChange {
  readonly name: string;
  /** With secrets masked; undefined where the key is absent. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface ConfigurationHistoryEntry {
  readonly version: number;
  readonly source: 'file' | 'api' | 'rollback';
  readonly author: string | null;
  readonly note: string;
  readonly createdMs: number;
}

export interface ConfigurationNodeView {
  readonly nodeId: string;
  readonly hostname: string;
  readonly version: number | null;
  readonly state: 'running' | 'restart_needed' | 'refused';
  readonly detail: string;
  readonly reportedMs: number;
}

/**
 * What the API does with the configuration. Changes throw DomainError `invalid_request` with all reasons for what does not validate or cannot
 * be written, and `changed_meanwhile` when another one was saved meanwhile.
 */
export interface ConfigurationControl {
  read(): Promise<StoredConfiguration>;
  /** Whether saved changes wait for a restart of this node; cheap enough to be asked by anybody. */
  requiresRestart(): Promise<boolean>;
  /** Replaces all keys: those that are absent are removed, save for those that stay in the file of each node. */
  save(
    author: ConfigurationAuthor,
    input: {
      /** Masked secrets stand for those that are stored. */
      readonly config: Readonly<Record<string, unknown>>;
      /** `SERVER_HOSTNAME` where the keys have none. */
      readonly hostname: string | undefined;
      /** Of the author in the directory that `AUTHENTICATION_TYPE` names from now on; needed when that changes. */
      readonly password: string | undefined;
      /** Version that the change was made from; absent: the newest. */
      readonly base: number | undefined;
      readonly note: string;
    },
  ): Promise<SavedConfiguration>;
  /** Undefined for an unknown service; else the reason why these keys do not do, or null when they do. */
  validate(input: {
    readonly service: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly account: Account;
    /** Of the caller, in the system where the accounts live. */
    readonly password: string | undefined;
  }): Promise<{ readonly reason: string | null } | undefined>;
  /** Throws DomainError `not_found` for a name that no file of the configuration has. */
  hasFile(name: string): Promise<boolean>;
  saveFile(author: ConfigurationAuthor, name: string, content: Buffer): Promise<SavedConfiguration>;
  /** Puts a file into `extra_ca_certs`, or takes it out; `name` is a plain file name. Throws DomainError `not_found` when there is none to take out. */
  saveAuthority(
    author: ConfigurationAuthor,
    name: string,
    content: Buffer | undefined,
  ): Promise<SavedConfiguration>;
  history(page: {
    readonly before: number | undefined;
    readonly limit: number;
  }): Promise<readonly ConfigurationHistoryEntry[]>;
  /** Throws DomainError `not_found`. */
  diff(from: number, to: number): Promise<readonly ConfigurationChange[]>;
  /** Saves an old version as the newest one. */
  rollback(author: ConfigurationAuthor, version: number): Promise<SavedConfiguration>;
  nodes(): Promise<readonly ConfigurationNodeView[]>;
  /** The directory as a gzipped tar archive, secrets included. */
  pack(): Promise<Buffer>;
  /** Takes over the configuration of an archive; keys and files that stay with the node stay. */
  unpack(author: ConfigurationAuthor, archive: Buffer): Promise<SavedConfiguration>;
  /** Asks this node to stop, so that whatever watches it starts it again; after the answer went out. */
  restart(): void;
}

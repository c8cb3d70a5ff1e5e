import type { Account } from '#/domain/namespaces/index.ts';

/** A person's sign-in in one browser. */
export interface Session {
  readonly id: number;
  readonly uuid: string;
  readonly account: Account;
  readonly createdMs: number;
  /** When the password was last given: a fresh log-in counts from here. */
  readonly loginMs: number;
  readonly lastUsedMs: number;
  readonly expiresMs: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** What the cookie carries to name its session. */
export interface SessionKey {
  readonly uuid: string;
  readonly secret: string;
}

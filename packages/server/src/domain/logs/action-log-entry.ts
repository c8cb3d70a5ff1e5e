import type { LogKind } from './log-kind.ts';
import type { LoggedRequest } from './logged-request.ts';

/** One fact for the action log. The ids are plain numbers: an entry outlives what it names. */
export interface ActionLogEntry {
  readonly kind: LogKind;
  /** Namespace that the entry is filed under; null for acts that concern none. */
  readonly accountId: number | null;
  /** The user or robot who acted; null for anonymous, access tokens, workers and the command line. */
  readonly performerId: number | null;
  readonly repositoryId: number | null;
  /** Address of the client; null where there is none. */
  readonly ip: string | null;
  /** Names and values for people, with the keys that Quay uses for the kind; must hold no secret. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Recorded with `FEATURE_EXTENDED_ACTION_LOGGING` only. */
  readonly request?: LoggedRequest | undefined;
  /** When it happened, from `services.clock`. */
  readonly createdMs: number;
}

import type { Configuration } from '#/config/configuration.ts';
import type { RawValues } from '#/config/effective-values.ts';
import type { Logger } from '#/platform/logger.ts';
import type { OutboundHttp } from '#/platform/outbound-http.ts';

/** What a validator looks at: the submitted configuration, not the running one. */
export interface ValidationContext {
  readonly configuration: Configuration;
  /** Keys as they were given. */
  readonly given: RawValues;
  /** Absolute path of the directory with `config.yaml` and the uploaded files. */
  readonly directory: string;
  /** Who asks, with the password in the system where the accounts live; undefined on the command line. */
  readonly caller:
    | {
        readonly username: string;
        /** Where a test mail goes. */
        readonly email?: string | null;
        readonly password: string | undefined;
      }
    | undefined;
  /** What the asked server runs with; absent on the command line. */
  readonly running?: Configuration;
  /** A token of these claims, signed with the key of this instance; absent where there is none at hand. */
  signToken?(claims: Readonly<Record<string, unknown>>): Promise<string>;
  readonly outbound: OutboundHttp;
  readonly logger: Logger;
  /** Ends when the time for the check is over. */
  readonly signal: AbortSignal;
  /** Things to know that do not stop anything. */
  warn(message: string): void;
}

export interface Validator {
  /** Name in `POST /superuser/config/validate/<service>`. */
  readonly service: string;
  /** Whether there is anything to check; the others pass. */
  runsWhen(configuration: Configuration): boolean;
  /** Why the configuration does not do, or undefined; without secrets. What it throws counts as the reason. */
  check(context: ValidationContext): Promise<string | undefined>;
  /** Longer than the usual time, in ms. */
  readonly timeLimitMs?: number;
}

/** The one shape of all validators (configuration reference C). */
export function defineValidator(validator: Validator): Validator {
  return validator;
}

import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { ExternalLogin } from '#/auth/external-logins/define-external-login.ts';
import type { SessionCookieSettings } from '#/auth/sessions/session-cookie.ts';
import type { ServiceKeyRetention } from '#/domain/service-keys/index.ts';
import type { Services } from '#/domain/services.ts';

export interface HealthSettings {
  /** Share of free space below which the instance is unhealthy (`DISKSPACE_HEALTH_THRESHOLD`). */
  readonly diskSpaceThreshold: number;
  /** Share below which `/health/warning` complains (`DISKSPACE_HEALTH_WARNING_THRESHOLD`). */
  readonly diskSpaceWarningThreshold: number;
  /** `ENABLE_HEALTH_DEBUG_SECRET` and the key of the cookies that it opens; undefined when there is no such secret. */
  readonly debug: { readonly secret: string; readonly cookieKey: Buffer } | undefined;
  /** The end-to-end check tests every location, not the preferred one only. */
  readonly checkAllStorage: boolean;
  readonly requireAllStorage: boolean;
  /** The instance check tests the preferred location too. */
  readonly instanceChecksStorage: boolean;
  /** `TESTING` */
  readonly testing: boolean;
  /** Directories whose free space counts. */
  readonly diskPaths: readonly string[];
}

export interface InstanceSettings {
  /** What anybody may know of the configuration. */
  readonly publicConfiguration: object;
  readonly session: SessionCookieSettings;
  /** `CORS_ORIGIN` */
  readonly corsOrigins: readonly string[];
}

/** What health, metrics and the landing page use. */
export interface OpsServices {
  readonly domain: Services;
  readonly health: HealthSettings;
  /** `USERFILES_LOCATION` and `USERFILES_PATH`; without a location it is the one that takes the writes. */
  readonly userFiles: { readonly location: string | undefined; readonly folder: string };
  /** Checks the credentials of who wants to see more of the health than others. */
  readonly basic: BasicAuth;
  /** Id of the key with which this process signs. */
  readonly instanceKeyId: () => string;
  /** Whether the instance key is known to the database and in force. */
  readonly checkInstanceKey: () => Promise<void>;
  /** Reaches the configured Redis; resolves at once when none is configured. */
  readonly checkRedis: () => Promise<void>;
  /** What the cloud says about its database, `available` when it runs; absent unless `HEALTH_CHECKER` asks for it. Never rejects. */
  readonly cloudDatabaseState?: () => Promise<string>;
  /** Whether this process was told to stop: it answers what comes, and wants no more. */
  readonly isStopping: () => boolean;
  /** When the certificate of this server ends; undefined where no TLS is served. */
  readonly certificateEndsAtMs: () => number | undefined;
  readonly serviceKeyRetention: ServiceKeyRetention;
  readonly instance: InstanceSettings;
  readonly externalLogins: () => readonly ExternalLogin[];
  readonly title: string;
  readonly version: string;
}

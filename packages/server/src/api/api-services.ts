import type { Services } from '#/domain/services.ts';

export interface ApiSettings {
  /** `FEATURE_USER_INITIALIZE` */
  readonly featureUserInitialize: boolean;
  /** `AUTHENTICATION_TYPE` is `Database`. */
  readonly internalAuthentication: boolean;
  /** `SECRET_KEY` as 32 bytes: the key of encrypted passwords. */
  readonly secretKey: Buffer;
  /** What creating the first user needs beside its data when the server listens on more than loopback. */
  readonly setupToken: string | undefined;
}

/** Everything that handlers of `/api/v1` use. */
export interface ApiServices {
  readonly domain: Services;
  readonly settings: ApiSettings;
}

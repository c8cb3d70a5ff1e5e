/** What checking credentials and issuing tokens needs of the configuration; compose.ts fills it. */
export interface AuthSettings {
  /** `AUTHENTICATION_TYPE`: the name of an engine, in any case. */
  readonly engine: string;
  /** `SECRET_KEY` as 32 bytes: the key of encrypted passwords. */
  readonly secretKey: Buffer;
  /** `REGISTRY_JWT_AUTH_MAX_FRESH_S`: longest accepted life of a registry token. */
  readonly registryTokenMaximumLifeSeconds: number;
  readonly instanceKey: InstanceKeySettings;
}

export interface InstanceKeySettings {
  /** `INSTANCE_SERVICE_KEY_SERVICE`: owner of the keys and issuer of the tokens. */
  readonly service: string;
  /** `INSTANCE_SERVICE_KEY_KID_LOCATION` */
  readonly kidPath: string;
  /** `INSTANCE_SERVICE_KEY_LOCATION` */
  readonly privateKeyPath: string;
  /** `INSTANCE_SERVICE_KEY_EXPIRATION`, in minutes there. */
  readonly lifeSeconds: number;
  /** `UNAPPROVED_SERVICE_KEY_TTL_SEC` */
  readonly unapprovedKeyLifeSeconds: number;
  /** `EXPIRED_SERVICE_KEY_TTL_SEC` */
  readonly expiredKeyLifeSeconds: number;
}

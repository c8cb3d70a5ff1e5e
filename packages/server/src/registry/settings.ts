/** What the registry surface needs of the configuration. */
export interface RegistrySettings {
  /** `FEATURE_ADVERTISE_V2` */
  readonly advertiseV2: boolean;
  /** `BLACKLIST_V2_SPEC`: Docker versions that get 404 at `/v2/`. */
  readonly blacklistV2Spec: string;
  readonly featureLibrarySupport: boolean;
  readonly libraryNamespace: string;
  readonly featureExtendedRepositoryNames: boolean;
  readonly featureReferrersApi: boolean;
  readonly featureSparseIndex: boolean;
  /** `V2_PAGINATION_SIZE`, at least 1. */
  readonly paginationSize: number;
  readonly maximumManifestSizeBytes: number;
  readonly maximumLayerSizeBytes: number;
  /** `REGISTRY_STATE: readonly` */
  readonly readOnly: boolean;
  /** `DISABLE_PUSHES` */
  readonly pushesDisabled: boolean;
  /** `X_ACCEL_REDIRECT_PREFIX`: local blobs are handed to the front proxy under it. */
  readonly accelRedirectPrefix: string | undefined;
  /** 32 bytes that seal paging tokens (derived from `SECRET_KEY`). */
  readonly pageTokenKey: Buffer;
}

import type { Authority } from '#/auth/authority.ts';
import type { RegistryTokens } from '#/auth/registry-token.ts';
import type { PullLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { ByteCache } from '#/platform/byte-cache.ts';
import type { Metrics } from '#/platform/metrics.ts';
import type { RegistrySettings } from '#/registry/settings.ts';

/** Everything that handlers of the registry surface use. */
export interface RegistryServices {
  readonly domain: Services;
  readonly settings: RegistrySettings;
  readonly authority: Authority;
  readonly tokens: RegistryTokens;
  readonly pullLog: PullLog;
  /** Small immutable content by digest; asked only after authorisation and linkage were checked. */
  readonly contentCache: ByteCache;
  readonly metrics: Metrics;
}

import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { RegistryTokens } from '#/auth/registry-token.ts';
import type { PullLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { LastAccessRecorder } from '#/domain/tokens/index.ts';
import type { Metrics } from '#/platform/metrics.ts';

/** What the token service uses. */
export interface TokenServices {
  readonly domain: Services;
  readonly tokens: RegistryTokens;
  readonly basic: BasicAuth;
  /** Absent: last accesses are not recorded. */
  readonly lastAccess?: LastAccessRecorder;
  /** Absent: log-ins leave no entry in the action log. */
  readonly loginLog?: PullLog;
  /** Absent: attempts are not counted. */
  readonly metrics?: Pick<Metrics, 'authentication'>;
}

import { statfs } from 'node:fs/promises';
import { checkDatabase } from '#/db/check-database.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

/** One check; rejects with a reason for people when unhealthy. */
type Check = (services: OpsServices) => Promise<void>;

/** A check that takes longer counts as failed: a monitor must get its answer. */
const checkTimeoutMs = 3_000;
/** Nobody needs credentials to ask, so that everybody who asks at the same time gets the same answer. */
const shareMs = 1_000;

const always: Check = async () => {};

/** Fails while the process stops, so that balancers send new requests elsewhere. */
const running: Check = async ({ isStopping }) => {
  if (isStopping()) throw new Error('this process was told to stop');
};

const database: Check = async ({ domain }) => checkDatabase(domain.database);

const storage: Check = async ({ domain, health }) => {
  if (domain.settings.readOnly) return;
  const [preferred, ...others] = domain.storage.locations;
  await preferred?.driver.check();
  if (!health.checkAllStorage) return;
  const results = await Promise.allSettled(others.map(({ driver }) => driver.check()));
  const failed = others.filter((_, index) => results[index]?.status === 'rejected').map(({ name }) => name);
  if (health.requireAllStorage && failed.length > 0) throw new Error(`unreachable: ${failed.join(', ')}`);
};

function diskSpace(threshold: (services: OpsServices) => number): Check {
  return async (services) => {
    for (const path of services.health.diskPaths) {
      const { bavail, blocks } = await statfs(path);
      const free = blocks === 0 ? 1 : bavail / blocks;
      if (free < threshold(services)) throw new Error(`${(free * 100).toFixed(1)} % of ${path} is free`);
    }
  };
}

/** Names are Quay's, because monitors key on them, although one process serves what were several there. */
export const instanceChecks: Readonly<Record<string, Check>> = {
  registry_gunicorn: running,
  web_gunicorn: running,
  verbs_gunicorn: running,
  jwtproxy: always,
  service_key: (services) => services.checkInstanceKey(),
  disk_space: diskSpace(({ health }) => health.diskSpaceThreshold),
  database,
  auth: always,
};

export const endToEndChecks: Readonly<Record<string, Check>> = {
  database,
  redis: (services) => services.checkRedis(),
  storage,
  auth: always,
};

export const warningChecks: Readonly<Record<string, Check>> = {
  disk_space_warning: diskSpace(({ health }) => health.diskSpaceWarningThreshold),
};

interface CheckResult {
  readonly healthy: boolean;
  /** Why not; for operators only. */
  readonly failure?: string;
}

/** Runs groups of checks; equal questions within a second share an answer. */
export interface HealthChecker {
  run(checks: Readonly<Record<string, Check>>): Promise<ReadonlyMap<string, CheckResult>>;
}

interface Shared {
  readonly askedAtMs: number;
  readonly result: Promise<CheckResult>;
}

export function createHealthChecker(services: OpsServices): HealthChecker {
  const shared = new Map<Check, Shared>();
  const share = (name: string, check: Check): Promise<CheckResult> => {
    const nowMs = performance.now();
    const found = shared.get(check);
    if (found !== undefined && nowMs - found.askedAtMs < shareMs) return found.result;
    const result = runCheck(services, name, check);
    shared.set(check, { askedAtMs: nowMs, result });
    return result;
  };
  return {
    async run(checks) {
      const entries = Object.entries(checks).map(
        async ([name, check]) => [name, await share(name, check)] as const,
      );
      return new Map(await Promise.all(entries));
    },
  };
}

async function runCheck(services: OpsServices, name: string, check: Check): Promise<CheckResult> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the check took too long')), checkTimeoutMs);
  try {
    await Promise.race([check(services), timeout]);
    return { healthy: true };
  } catch (error) {
    services.domain.logger.warn({ err: error, check: name }, 'health check failed');
    return { healthy: false, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

import { statfs } from 'node:fs/promises';
import { checkDatabase } from '#/db/check-database.ts';
import { DatabaseUnavailableError } from '#/db/database.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

/** One check; rejects with a reason for people when unhealthy, and may have something to say when healthy. */
type Check = (services: OpsServices) => Promise<string | undefined>;
export type Checks = Readonly<Record<string, Check>>;

/** A check that takes longer counts as failed: a monitor must get its answer. */
const checkTimeoutMs = 3_000;
/** Nobody needs credentials to ask, so that everybody who asks at the same time gets the same answer. */
const shareMs = 1_000;

const always: Check = async () => undefined;

/** Fails while the process stops, so that balancers send new requests elsewhere. */
const running: Check = async ({ isStopping }) => {
  if (isStopping()) throw new Error('this process was told to stop');
  return undefined;
};

const database: Check = async ({ domain }) => {
  await checkDatabase(domain.database);
  return undefined;
};

const redis: Check = async ({ checkRedis }) => {
  await checkRedis();
  return undefined;
};

/** Nobody can say anything about the key while the database is away, which has a check of its own. */
const serviceKey: Check = async ({ checkInstanceKey }) => {
  try {
    await checkInstanceKey();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) return 'the database cannot be asked about the key';
    throw error;
  }
};

const preferredStorage: Check = async ({ domain }) => {
  if (domain.settings.readOnly) return 'not tested, because the registry is read-only';
  await domain.storage.locations[0]?.driver.check();
  return undefined;
};

const storage: Check = async ({ domain, health }) => {
  if (domain.settings.readOnly) return 'not tested, because the registry is read-only';
  const [preferred, ...others] = domain.storage.locations;
  await preferred?.driver.check();
  if (!health.checkAllStorage) return undefined;
  const results = await Promise.allSettled(others.map(({ driver }) => driver.check()));
  const failed = others.filter((_, index) => results[index]?.status === 'rejected').map(({ name }) => name);
  if (failed.length === 0) return undefined;
  const unreachable = `unreachable: ${failed.join(', ')}`;
  if (health.requireAllStorage) throw new Error(unreachable);
  return unreachable;
};

function diskSpace(threshold: (services: OpsServices) => number): Check {
  return async (services) => {
    for (const path of services.health.diskPaths) {
      const { bavail, blocks } = await statfs(path);
      const free = blocks === 0 ? 1 : bavail / blocks;
      if (free < threshold(services)) throw new Error(`${(free * 100).toFixed(1)} % of ${path} is free`);
    }
    return undefined;
  };
}

/** Time to renew a certificate before anybody notices. */
const certificateWarningMs = 14 * 86_400_000;

const certificate: Check = async ({ certificateEndsAtMs }) => {
  const endsAtMs = certificateEndsAtMs();
  if (endsAtMs === undefined) return 'no TLS is served here';
  const leftMs = endsAtMs - Date.now();
  const end = new Date(endsAtMs).toISOString();
  if (leftMs <= 0) throw new Error(`ssl.cert expired at ${end}`);
  if (leftMs < certificateWarningMs) {
    throw new Error(`ssl.cert expires at ${end}, in ${Math.floor(leftMs / 86_400_000)} days`);
  }
  return undefined;
};

/** Names are Quay's, because monitors key on them, although one process serves what were several there. */
const instanceChecks: Checks = {
  registry_gunicorn: running,
  web_gunicorn: running,
  verbs_gunicorn: running,
  jwtproxy: always,
  service_key: serviceKey,
  disk_space: diskSpace(({ health }) => health.diskSpaceThreshold),
  database,
  auth: always,
};

/** With the store where `HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE` wants it. */
export function instanceChecksOf({ health }: OpsServices): Checks {
  return health.instanceChecksStorage ? { ...instanceChecks, storage: preferredStorage } : instanceChecks;
}

export const endToEndChecks: Checks = {
  database,
  redis,
  storage,
  auth: always,
};

export const warningChecks: Checks = {
  disk_space_warning: diskSpace(({ health }) => health.diskSpaceWarningThreshold),
  certificate_warning: certificate,
};

interface CheckResult {
  readonly healthy: boolean;
  /** Why not; for operators only. */
  readonly failure?: string;
  /** What is worth knowing of a check that passed; for operators only. */
  readonly message?: string;
}

/** By name of the check. */
export type CheckResults = ReadonlyMap<string, CheckResult>;

/** Runs groups of checks; equal questions within a second share an answer. */
export interface HealthChecker {
  run(checks: Checks): Promise<CheckResults>;
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
    const message = await Promise.race([check(services), timeout]);
    return message === undefined ? { healthy: true } : { healthy: true, message };
  } catch (error) {
    services.domain.logger.warn({ err: error, check: name }, 'health check failed');
    return { healthy: false, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

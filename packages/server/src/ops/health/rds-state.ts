import type { Logger } from '#/platform/logger.ts';

/** A DB instance of Amazon RDS, from `HEALTH_CHECKER`. */
export interface RdsInstance {
  readonly instance: string;
  readonly region: string;
  /** Absent: the SDK's own chain (environment, profile, role of the machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Absent: AWS itself. */
  readonly endpointUrl?: string;
}

/** Beside a check of the database that took 3 s, a monitor still gets its answer in time. */
const requestLimitMs = 2_000;
/** The account has a limit of such questions, and every node asks. */
const shareMs = 10_000;

/**
 * Asks RDS for the state of its instance: `available`, `failed`, `maintenance` and so on; `unknown` when RDS names none and `error`
 * when it cannot be asked. Equal questions within 10 s share an answer. Never rejects.
 */
export async function createRdsState(rds: RdsInstance, logger: Logger): Promise<() => Promise<string>> {
  const { DescribeDBInstancesCommand, RDSClient } = await import('@aws-sdk/client-rds');
  const client = new RDSClient({
    region: rds.region,
    maxAttempts: 1,
    ...(rds.credentials === undefined ? {} : { credentials: rds.credentials }),
    ...(rds.endpointUrl === undefined ? {} : { endpoint: rds.endpointUrl }),
  });

  async function ask(): Promise<string> {
    try {
      const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: rds.instance });
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(requestLimitMs) });
      return answer.DBInstances?.[0]?.DBInstanceStatus ?? 'unknown';
    } catch (error) {
      logger.warn({ err: error, instance: rds.instance }, 'RDS cannot be asked for its state');
      return 'error';
    }
  }

  let shared: { readonly askedAtMs: number; readonly state: Promise<string> } | undefined;
  return () => {
    const nowMs = performance.now();
    if (shared === undefined || nowMs - shared.askedAtMs >= shareMs) {
      shared = { askedAtMs: nowMs, state: ask() };
    }
    return shared.state;
  };
}

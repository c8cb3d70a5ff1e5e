import { certificateDirectories } from '#/compose/certificate-directories.ts';
import { outboundSettings } from '#/compose/settings.ts';
import { inspectConfiguration, loadConfiguration } from '#/config/load-configuration.ts';
import { explain } from '#/config/validators/describe-connection-fault.ts';
import { openTrustStore } from '#/platform/certificates/trust-store.ts';
import { type Clock, systemClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { addressCheck } from './check-address.ts';
import { clockCheck } from './check-clock.ts';
import { databaseCheck } from './check-database.ts';
import { diskCheck } from './check-disk.ts';
import { certificateCheck, redisCheck, signInCheck } from './check-services.ts';
import { storageCheck } from './check-storage.ts';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

const checks: readonly DoctorCheck[] = [
  databaseCheck,
  storageCheck,
  redisCheck,
  signInCheck,
  certificateCheck,
  clockCheck,
  diskCheck,
  addressCheck,
];
/** Longer than what any check waits for by itself. */
const checkLimitMs = 30_000;

/** Everything that `wharf doctor` says, in the order of its checks; changes nothing that stays. The registry may run meanwhile. */
export async function runDoctor(
  options: { readonly directory: string | undefined; readonly dataDirectory: string },
  clock: Clock = systemClock,
): Promise<readonly Finding[]> {
  const directories = { ...options, env: process.env };
  const report = await inspectConfiguration(directories);
  const found = report.problems
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, key, message, expected }) => {
      const advice = expected === undefined ? 'Correct config.yaml.' : `Expected: ${expected}.`;
      return (severity === 'error' ? failed : warning)('configuration', `${key} ${message}.`, advice);
    });
  if (!report.fileFound)
    return [
      ...found,
      warning(
        'configuration',
        `${report.directory} holds no config.yaml; nothing else was looked at.`,
        'The first start of wharf serve writes it; else name its directory with --config.',
      ),
    ];
  if (found.some(({ status }) => status === 'failed')) return found;
  const { configuration, directory } = await loadConfiguration(directories);
  const logger = silentLogger();
  const trust = await openTrustStore(certificateDirectories(directory, process.env), { clock, logger });
  try {
    const outbound = createOutboundHttp(outboundSettings(configuration));
    const patient = { configuration, directory, dataDirectory: options.dataDirectory, outbound, clock };
    const results = await Promise.all(checks.map((check) => runCheck(check, patient)));
    return [
      ...(found.length === 0 ? [ok('configuration', `${directory} has no errors.`)] : found),
      ...results.flat(),
    ];
  } finally {
    trust.close();
  }
}

async function runCheck({ name, run }: DoctorCheck, patient: Patient): Promise<readonly Finding[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Finding[]>();
  const advice = 'Check the service behind it, and the network in between.';
  const timer = setTimeout(
    () => resolve([failed(name, `No result within ${checkLimitMs / 1000} s.`, advice)]),
    checkLimitMs,
  );
  try {
    return await Promise.race([run(patient), late]);
  } catch (error) {
    return [failed(name, explain(error), advice)];
  } finally {
    clearTimeout(timer);
  }
}

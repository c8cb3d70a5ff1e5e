import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateDirectories } from '#/compose/certificate-directories.ts';
import { runValidators } from '#/compose/run-validators.ts';
import { readExtraCertificates } from '#/platform/certificates/extra-certificates.ts';
import { inspectServerCertificate } from '#/platform/certificates/inspect-server-certificate.ts';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

/** Both connections to Redis. */
export const redisCheck: DoctorCheck = {
  name: 'redis',
  async run({ configuration, dataDirectory, directory }) {
    const { buildLogs, userEvents } = configuration.redis;
    if (buildLogs === undefined && userEvents === undefined)
      return [ok('redis', 'None is configured: events stay within a node.')];
    const [found] = await runValidators({ configuration, directory }, dataDirectory, ['redis']);
    if (found?.reason === undefined) return [ok('redis', 'It answers.')];
    return [
      failed(
        'redis',
        found.reason,
        'Check that Redis runs, and host, port, password and ssl of BUILDLOGS_REDIS and USER_EVENTS_REDIS.',
      ),
    ];
  },
};

const signInAdvice: Readonly<Record<string, string>> = {
  ldap: 'Check the keys LDAP_* and that the directory runs; with TLS, put its authority into extra_ca_certs.',
  jwt: 'Check the keys JWT_*, jwt-authn.cert beside config.yaml, and that the service runs.',
  keystone: 'Check the keys KEYSTONE_* and that Keystone runs.',
  'apptoken-auth': 'Change one of the keys that the message names.',
  'oidc-login': 'Check the block of that provider, and that this machine reaches it.',
};

/** The directory with the accounts, and the providers of external logins. */
export const signInCheck: DoctorCheck = {
  name: 'sign-in',
  async run({ configuration, dataDirectory, directory }) {
    const names = Object.keys(signInAdvice);
    const found = await runValidators({ configuration, directory }, dataDirectory, names);
    const { authenticationType } = configuration.access;
    const own = found.some(({ service }) => service !== 'oidc-login')
      ? []
      : [ok('sign-in', `AUTHENTICATION_TYPE ${authenticationType}: nothing outside is asked.`)];
    return [
      ...own,
      ...found.map(({ service, reason }) =>
        reason === undefined
          ? ok(`sign-in ${service}`, 'It answers as it should.')
          : failed(`sign-in ${service}`, reason.replaceAll(/\s*\n\s*/g, ' '), signInAdvice[service] ?? ''),
      ),
    ];
  },
};

/** Time to renew a certificate before anybody notices. */
const renewalMs = 14 * 86_400_000;

/** The certificate of the server, and the files of further authorities. */
export const certificateCheck: DoctorCheck = {
  name: 'certificates',
  async run(patient) {
    const directories = certificateDirectories(patient.directory, process.env);
    const { files } = await readExtraCertificates(directories);
    const authorities = files.flatMap(({ certificates }) => certificates.map(({ pem }) => pem));
    const nowMs = patient.clock.nowMs();
    const extra = files.flatMap(({ path, fault, certificates }): Finding[] => {
      const check = `certificates ${path}`;
      if (fault !== undefined)
        return [failed(check, `The file ${fault}.`, 'Replace it by certificates in PEM form, or delete it.')];
      const over = certificates.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
      const names = over.map(({ names: [name = 'nobody'] }) => name).join(', ');
      return over.length === 0
        ? [
            ok(
              check,
              `${certificates.length === 1 ? 'One authority is' : `${certificates.length} authorities are`} trusted.`,
            ),
          ]
        : [warning(check, `These ended and are not trusted: ${names}.`, 'Replace the file.')];
    });
    return [...(await examineOwn(patient, authorities)), ...extra];
  },
};

async function examineOwn(
  { clock, configuration, directory }: Patient,
  authorities: readonly string[],
): Promise<readonly Finding[]> {
  const { server, tls } = configuration;
  const check = 'certificates ssl.cert';
  if (server.externalTlsTermination) return [ok(check, 'TLS ends in front of the registry.')];
  if (!tls.enabled) {
    return server.preferredUrlScheme === 'https'
      ? [
          failed(
            check,
            'PREFERRED_URL_SCHEME is https, but there is no ssl.key, so nothing serves it.',
            'Put ssl.cert and ssl.key beside config.yaml, or set EXTERNAL_TLS_TERMINATION: true behind a proxy that ends TLS.',
          ),
        ]
      : [ok(check, 'The registry is served without TLS.')];
  }
  const [certificate, key] = await Promise.all(
    ['ssl.cert', 'ssl.key'].map((name) => readFile(join(directory, name), 'utf8').catch(() => undefined)),
  );
  if (certificate === undefined || key === undefined)
    return [
      failed(
        check,
        'ssl.cert or ssl.key is missing or cannot be read.',
        'Put both beside config.yaml, readable for the user of the server.',
      ),
    ];
  const nowMs = clock.nowMs();
  const host = server.serverHostname;
  const { faults, certificate: own } = inspectServerCertificate({
    certificate,
    key,
    host,
    nowMs,
    authorities,
  });
  const advice = 'See docs/operations/tls.md; new files are taken over without a restart.';
  const found = faults.map(({ fatal, kind, message }) =>
    fatal || kind === 'expired' || kind === 'wrong-host'
      ? failed(check, message, advice)
      : warning(check, message, advice),
  );
  if (found.length > 0 || own === undefined) return found;
  const days = Math.floor((own.notAfterMs - nowMs) / 86_400_000);
  const end = `It ends in ${days} days, at ${new Date(own.notAfterMs).toISOString()}.`;
  return own.notAfterMs - nowMs < renewalMs
    ? [
        warning(
          check,
          end,
          'Renew it, and put the new ssl.cert and ssl.key beside config.yaml; no restart is needed.',
        ),
      ]
    : [ok(check, end)];
}

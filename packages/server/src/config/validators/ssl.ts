import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExtraCertificates } from '#/platform/certificates/extra-certificates.ts';
import { inspectServerCertificate } from '#/platform/certificates/inspect-server-certificate.ts';
import { systemClock } from '#/platform/clock.ts';
import { defineValidator } from './define-validator.ts';

/** The certificate of the server. What only some clients mind is a warning. */
export const sslValidator = defineValidator({
  service: 'ssl',
  runsWhen: ({ server }) => server.preferredUrlScheme === 'https' && !server.externalTlsTermination,
  async check({ configuration, directory, warn }) {
    const certificate = await read(directory, 'ssl.cert');
    if (certificate === undefined) return missing('ssl.cert');
    const key = await read(directory, 'ssl.key');
    if (key === undefined) return missing('ssl.key');
    const { files } = await readExtraCertificates({ configuration: directory, others: [] });
    const { faults } = inspectServerCertificate({
      certificate,
      key,
      host: configuration.server.serverHostname,
      nowMs: systemClock.nowMs(),
      authorities: files.flatMap(({ certificates }) => certificates.map(({ pem }) => pem)),
    });
    const [worst] = faults.filter(({ kind }) => !minor.has(kind));
    for (const { kind, message } of faults) if (minor.has(kind)) warn(message);
    return worst?.message;
  },
});

/** Quay's own check knows neither of them, and clients that know the authority work. */
const minor: ReadonlySet<string> = new Set(['common-name-only', 'chain-disordered', 'chain-incomplete']);

function missing(name: string): string {
  return `The file ${name} is missing in the configuration directory, or cannot be read: PREFERRED_URL_SCHEME https needs it unless EXTERNAL_TLS_TERMINATION is true.`;
}

async function read(directory: string, name: string): Promise<string | undefined> {
  return await readFile(join(directory, name), 'utf8').catch(() => undefined);
}
